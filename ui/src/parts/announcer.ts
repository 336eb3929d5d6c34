import { LitElement, css, html } from "lit";
import type { StationState } from "../client/state.ts";
import { common } from "./styles.ts";

const SETTLE_MS = 1_500;

/** Tells screen readers of a new track or broadcast: once things have settled, and not what the page began with. */
export class Announcer extends LitElement {
  static override properties = { state: {}, text: { state: true } };
  declare state: StationState | undefined;
  declare text: string;

  static override styles = [
    common,
    css`
      p {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
        clip-path: inset(50%);
        white-space: nowrap;
      }
    `,
  ];

  #said: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override updated(): void {
    if (!this.state) return;
    const sentence = sentenceOf(this.state);
    this.#said ??= sentence;
    clearTimeout(this.#timer);
    if (sentence === this.#said) return;
    this.#timer = setTimeout(() => {
      this.#said = sentence;
      this.text = sentence;
    }, SETTLE_MS);
  }

  override render() {
    return html`<p aria-live="polite" data-testid="announcer"><bdi dir="auto">${this.text ?? ""}</bdi></p>`;
  }
}

function sentenceOf({ onAir, metadata, station }: StationState): string {
  if (onAir === "offair") return `${station.name} is off air.`;
  const live = onAir === "live" ? `Live${metadata?.host ? ` with ${metadata.host}` : ""}. ` : "";
  if (!metadata?.track.title) return `${live}${station.name} is on air.`;
  const { title, artist } = metadata.track;
  return `${live}Now playing: ${title}${artist ? ` by ${artist}` : ""}.`;
}

customElements.define("awaz-announcer", Announcer);
