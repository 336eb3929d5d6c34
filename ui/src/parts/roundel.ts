import { LitElement, html, svg, type TemplateResult } from "lit";
import { roundelStyles } from "./roundel.css.ts";
import { common } from "./styles.ts";

/** A number that is always the same for a name and differs between names (FNV-1a). */
function numberOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

function around(count: number, shape: (degrees: number) => unknown): unknown[] {
  return Array.from({ length: count }, (_, index) => shape((index * 360) / count));
}

function pick<T>(from: readonly [T, ...T[]], by: number): T {
  return from[by % from.length] ?? from[0];
}

/**
 * A station's mark: rings in the manner of ajrak block prints, drawn from its name, so that every station has one of
 * its own and nobody has to upload a picture.
 */
export function roundel(name: string): TemplateResult {
  const number = numberOf(name);
  const petals = pick([10, 12, 14, 16], number);
  const dots = petals * pick([3, 4], number >>> 4);
  const petal = pick(
    [
      svg`<path d="M0 -88 C11 -77 11 -68 0 -58 C-11 -68 -11 -77 0 -88z" />`,
      svg`<path d="M0 -88 L10 -73 L0 -58 L-10 -73z" />`,
      svg`<path d="M6 -87 C14 -74 9 -60 0 -58 C-11 -59 -12 -73 -4 -77 C-1 -79 4 -81 6 -87z" />`,
    ],
    number >>> 8,
  );
  return html`<svg class="roundel" viewBox="-100 -100 200 200" aria-hidden="true" focusable="false">
    <circle class="rim" r="98" />
    <g class="ring outer">${around(dots, (at) => svg`<circle class="dot" cy="-93.5" r="1.7" transform="rotate(${at})" />`)}</g>
    <circle class="line" r="89.5" />
    <g class="ring inner">
      ${around(petals, (at) => svg`<g class="petal" transform="rotate(${at})">${petal}</g>`)}
      ${around(petals, (at) => svg`<circle class="seed" cy="-73" r="2.3" transform="rotate(${at})" />`)}
      ${around(petals, (at) => svg`<circle class="dot" cy="-82" r="2" transform="rotate(${at + 180 / petals})" />`)}
      ${around(petals, (at) => svg`<path class="tooth" d="M-4 -57 L0 -65 L4 -57z" transform="rotate(${at + 180 / petals})" />`)}
    </g>
    <circle class="line" r="55" />
    <g class="ring outer">${around(petals * 2, (at) => svg`<circle class="dot" cy="-50.5" r="1.3" transform="rotate(${at})" />`)}</g>
    <circle class="heart" r="45.5" />
  </svg>`;
}

/** The mark on its own. */
export class Roundel extends LitElement {
  static override properties = { name: {} };
  declare name: string;

  static override styles = [common, roundelStyles];

  override render() {
    return roundel(this.name);
  }
}

customElements.define("awaz-roundel", Roundel);
