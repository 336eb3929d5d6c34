import "../parts/roundel.ts";
import { html, nothing, type TemplateResult } from "lit";

const mark = html`<svg viewBox="-50 -50 100 100" width="30" height="30" aria-hidden="true" focusable="false">
  <circle r="48" fill="var(--panel)" />
  <circle
    r="36"
    fill="none"
    stroke="#f4f1ea"
    stroke-width="5.5"
    stroke-dasharray="0 14.137"
    stroke-linecap="round"
  />
  <circle r="22" fill="var(--roundel-red)" stroke="#f4f1ea" stroke-width="3" />
</svg>`;

export function header(right: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<header class="top">
    <a class="brand" href="/">${mark}<span>Awaz Pulse</span><span class="urdu" lang="ur" dir="rtl">آواز</span></a>
    ${right}
  </header>`;
}

export function footer(...links: readonly (readonly [href: string, text: string])[]): TemplateResult {
  return html`<footer>${links.map(([href, text]) => html`<a href=${href}>${text}</a>`)}</footer>`;
}

/** A page that has one thing to say. */
export function message(title: string, text: string, more: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<section class="message">
    <awaz-roundel .name=${title}></awaz-roundel>
    <h1>${title}</h1>
    <p>${text}</p>
    ${more}
  </section>`;
}
