import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html } from "lit";
import { ofStation } from "../../app/selected.ts";
import type { StationState } from "../../sdk/state.ts";
import { common } from "../../kit/styles.ts";

const DEBOUNCE_MS = 1_500;

/** Announces changes of track and broadcast to screen readers, debounced and without the initial state. */
export class Announcer extends AwazElement {
  static override properties = { text: { state: true } };
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

  readonly #news = ofStation(this, announcementOf);
  #announced: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override updated(): void {
    const text = this.#news.value;
    if (text === undefined) return;
    this.#announced ??= text;
    clearTimeout(this.#timer);
    if (text === this.#announced) return;
    this.#timer = setTimeout(() => {
      this.#announced = text;
      this.text = text;
    }, DEBOUNCE_MS);
  }

  override render() {
    return html`<p aria-live="polite" data-testid="announcer"><bdi dir="auto">${this.text ?? ""}</bdi></p>`;
  }
}

function announcementOf({ onAir, metadata, station }: StationState): string {
  if (onAir === "offair") return msg(str`${station.name} is off air.`);
  const live = onAir === "live" ? `${metadata?.host ? msg(str`Live with ${metadata.host}.`) : msg("Live.")} ` : "";
  if (!metadata?.track.title) return live + msg(str`${station.name} is on air.`);
  const { title, artist } = metadata.track;
  return live + (artist ? msg(str`Now playing: ${title} by ${artist}.`) : msg(str`Now playing: ${title}.`));
}

customElements.define("awaz-announcer", Announcer);
