import { AwazElement } from "./element.ts";
import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { roundelStyles } from "./roundel.css.ts";
import { common } from "./styles.ts";

/** FNV-1a. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (const character of name) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

function ring(count: number, shape: (angle: number) => unknown): unknown[] {
  return Array.from({ length: count }, (_, index) => shape((index * 360) / count));
}

function pick<T>(options: readonly [T, ...T[]], seed: number): T {
  return options[seed % options.length] ?? options[0];
}

const GROUNDS = ["indigo", "emerald", "plum", "brick"] as const;

/** The name of a station's colours: the value of a `data-ground` attribute around whatever is about it. */
export function groundOf(name: string): string {
  return pick(GROUNDS, hash(name) >>> 12);
}

/** A station's emblem: rings in the style of ajrak block prints, generated from the station's name. */
export function roundel(name: string): TemplateResult {
  const seed = hash(name);
  const petals = pick([10, 12, 14, 16], seed);
  const dots = petals * pick([3, 4], seed >>> 4);
  const petal = pick(
    [
      svg`<path d="M0 -88 C11 -77 11 -68 0 -58 C-11 -68 -11 -77 0 -88z" />`,
      svg`<path d="M0 -88 L10 -73 L0 -58 L-10 -73z" />`,
      svg`<path d="M6 -87 C14 -74 9 -60 0 -58 C-11 -59 -12 -73 -4 -77 C-1 -79 4 -81 6 -87z" />`,
    ],
    seed >>> 8,
  );
  return html`<svg class="roundel" viewBox="-100 -100 200 200" aria-hidden="true" focusable="false">
    <circle class="rim" r="98" />
    <g class="ring outer">
      ${ring(dots, (angle) => svg`<circle class="dot" cy="-93.5" r="1.7" transform="rotate(${angle})" />`)}
    </g>
    <circle class="line" r="89.5" />
    <g class="ring inner">
      ${ring(petals, (angle) => svg`<g class="petal" transform="rotate(${angle})">${petal}</g>`)}
      ${ring(petals, (angle) => svg`<circle class="seed" cy="-73" r="2.3" transform="rotate(${angle})" />`)}
      ${ring(petals, (angle) => svg`<circle class="dot" cy="-82" r="2" transform="rotate(${angle + 180 / petals})" />`)}
      ${ring(petals, (angle) => svg`<path class="tooth" d="M-4 -57 L0 -65 L4 -57z" transform="rotate(${angle + 180 / petals})" />`)}
    </g>
    <circle class="line" r="55" />
    <g class="ring outer">
      ${ring(petals * 2, (angle) => svg`<circle class="dot" cy="-50.5" r="1.3" transform="rotate(${angle})" />`)}
    </g>
    <circle class="heart" r="45.5" />
    <g class="ring inner">
      ${ring(8, (angle) => svg`<path class="petal" d="M0 -37 C8 -30 8 -20 0 -13 C-8 -20 -8 -30 0 -37z" transform="rotate(${angle})" />`)}
      ${ring(8, (angle) => svg`<circle class="dot" cy="-33" r="1.5" transform="rotate(${angle + 22.5})" />`)}
    </g>
    <circle class="seed" r="6" />
  </svg>`;
}

/** The first of some pictures that can be loaded, in a disc; a station's roundel without one. */
export function emblem(slug: string, ...pictures: readonly (string | undefined)[]): TemplateResult {
  return html`<awaz-roundel round .name=${slug} .pictures=${known(...pictures)}></awaz-roundel>`;
}

/** Those of some pictures that there are. */
export function known(...pictures: readonly (string | undefined)[]): readonly string[] {
  return pictures.filter((each) => each !== undefined);
}

/** The address of a picture of at most so many pixels a side. */
export function sized(picture: string, size: 96 | 300 | 1000): string {
  return `${picture}&size=${size}`;
}

/** The roundel as an element; `turning`, while its station is heard. Pictures are shown in its place. */
export class Roundel extends AwazElement {
  static override properties = {
    name: {},
    pictures: { hasChanged: (one?: readonly string[], other?: readonly string[]) => one?.join() !== other?.join() },
    turning: { type: Boolean, reflect: true },
    round: { type: Boolean, reflect: true },
    missing: { state: true },
  };
  declare name: string;
  /** Addresses of pictures. The first one that can be loaded is shown. */
  declare pictures: readonly string[];
  declare turning: boolean;
  /** Whether pictures are cut to a disc, and small. */
  declare round: boolean;
  declare private missing: readonly string[];

  static override styles = [common, roundelStyles];

  constructor() {
    super();
    this.pictures = [];
    this.missing = [];
  }

  override willUpdate(changed: PropertyValues<this>): void {
    // The old failures say nothing about other pictures.
    if (changed.has("pictures")) this.missing = [];
  }

  override render() {
    const picture = this.pictures.find((each) => !this.missing.includes(each));
    if (picture === undefined) return roundel(this.name);
    return keyed(
      picture,
      html`<img
        class="picture"
        data-testid="picture"
        src=${sized(picture, this.round ? 96 : 300)}
        srcset=${this.round ? nothing : `${sized(picture, 300)} 300w, ${sized(picture, 1000)} 1000w`}
        sizes=${this.round ? nothing : "(min-width: 40rem) 20rem, 40vw"}
        alt=""
        loading=${this.round ? "lazy" : "eager"}
        @error=${() => (this.missing = [...this.missing, picture])}
      />`,
    );
  }
}

customElements.define("awaz-roundel", Roundel);
