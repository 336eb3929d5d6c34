import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html } from "lit";
import { ofStation } from "../../app/selected.ts";
import { common } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { currentTrack } from "../../sdk/state.ts";
import type { OnAirKind } from "../../wire/schema.ts";
import { troubleOf, troubleText, type Trouble } from "./trouble.ts";

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

  readonly #news = ofStation(this, (state) => {
    const track = currentTrack(state);
    const { onAir, metadata, station } = state;
    const trouble = troubleOf(state);
    return { onAir, title: track?.title, artist: track?.artist, host: metadata?.host, name: station.name, trouble };
  });
  /** The facts that were announced last; a switch of the language does not change them. */
  #announced: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override updated(): void {
    const news = this.#news.value;
    if (!news) return;
    const key = JSON.stringify(news);
    this.#announced ??= key;
    clearTimeout(this.#timer);
    if (key === this.#announced) return;
    this.#timer = setTimeout(() => {
      this.#announced = key;
      this.text = announcementOf(news);
    }, DEBOUNCE_MS);
  }

  override render() {
    return html`<p aria-live="polite" aria-atomic="true" data-testid="announcer">${userText(this.text ?? "")}</p>`;
  }
}

interface News {
  readonly onAir: OnAirKind;
  readonly title: string | undefined;
  readonly artist: string | undefined;
  readonly host: string | undefined;
  readonly name: string;
  readonly trouble: Trouble | undefined;
}

function announcementOf({ onAir, title, artist, host, name, trouble }: News): string {
  if (onAir === "offair") return msg(str`${name} is off air.`);
  if (trouble) return troubleText(trouble);
  const live = onAir === "live" ? `${host ? msg(str`Live with ${host}.`) : msg("Live.")} ` : "";
  if (!title) return live + msg(str`${name} is on air.`);
  return live + (artist ? msg(str`Now playing: ${title} by ${artist}.`) : msg(str`Now playing: ${title}.`));
}

customElements.define("awaz-announcer", Announcer);
