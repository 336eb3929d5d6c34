import { css, html, type TemplateResult } from "lit";
import { trackIcon } from "./icons.ts";

/** A track's picture, from pictures of so many pixels; a sign in its place where there is none. */
export function cover(url: string | undefined, size: 96 | 300): TemplateResult {
  if (url === undefined) return html`<span class="cover">${trackIcon}</span>`;
  const address = `${url}&size=${size}`;
  return html`<img class="cover" src=${address} alt="" loading="lazy" />`;
}

export const coverStyles = css`
  .cover {
    display: grid;
    flex: none;
    place-items: center;
    inline-size: 2.75rem;
    block-size: 2.75rem;
    border-radius: var(--radius-field);
    background: color-mix(in srgb, currentcolor 12%, transparent);
    object-fit: cover;
  }
`;
