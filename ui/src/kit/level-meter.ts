import { css, html, type TemplateResult } from "lit";

/** The quietest level that a meter shows, in dBFS. */
export const FLOOR_DB = -60;

export const levelMeterStyles = css`
  meter {
    inline-size: 100%;
    block-size: 0.9rem;
  }
`;

/** A meter of a level in dBFS; its colour warns near full scale. */
export function levelMeter(label: string, db: number | undefined): TemplateResult {
  return html`<meter
    aria-label=${label}
    min=${FLOOR_DB}
    max="0"
    high="-1"
    optimum="-20"
    .value=${Math.max(FLOOR_DB, db ?? FLOOR_DB)}
  ></meter>`;
}
