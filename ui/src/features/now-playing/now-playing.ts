import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import type { ServerClock } from "../../sdk/clock.ts";
import { isReconnecting, type StationState } from "../../sdk/state.ts";
import type { StreamMetadata } from "../../wire/schema.ts";
import { cableIcon } from "../../kit/icons.ts";
import { nowPlayingStyles } from "./now-playing.css.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common } from "../../kit/styles.ts";
import { clockText } from "../../i18n/time.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { userText } from "../../kit/user-text.ts";

/** The current track, its presenter and its progress. */
export class NowPlaying extends AwazElement {
  static override properties = { state: {}, clock: {} };
  declare state: StationState;
  /** The time of what is heard. */
  declare clock: Pick<ServerClock, "now">;

  static override styles = [common, nowPlayingStyles];

  constructor() {
    super();
    new PeriodicUpdate(this, 1000);
  }

  override render() {
    const { metadata, onAir, station } = this.state;
    if (onAir === "offair") {
      return this.#message(msg("Off air"), msg("Keep this page open: it updates when the station is back."));
    }
    if (!metadata?.track.title) {
      return html`${this.#presenter(metadata)}
      ${this.#message(msg("No track details"), msg(html`${userText(station.name)} is on air.`))}`;
    }
    return html`
      ${this.#presenter(metadata)}
      <h2>${userText(metadata.track.title, "title")}</h2>
      ${this.#artist(metadata)} ${this.#time(metadata)}
      ${
        isReconnecting(this.state)
          ? html`<p class="waiting" data-testid="encoder-reconnecting">
              ${cableIcon}<span>${msg("The host lost their connection. Music until they’re back.")}</span>
            </p>`
          : nothing
      }
    `;
  }

  #message(title: string, text: unknown) {
    return html`<h2 class="message-title" data-testid="title">${title}</h2>
      <p class="hint">${text}</p>`;
  }

  #presenter(metadata: StreamMetadata | undefined) {
    const { show, host } = metadata ?? this.state.broadcast ?? {};
    if (!show && !host) return nothing;
    return html`<p class="presenter">
      ${show ? html`<span class="show">${userText(show, "show")}</span>` : nothing}
      ${host ? html`<span>${msg(html`with ${userText(host, "host")}`)}</span>` : nothing}
    </p>`;
  }

  #artist(metadata: StreamMetadata) {
    const { track } = metadata;
    if (this.#isPlaceholder(metadata) || (!track.artist && !track.album)) return nothing;
    return html`<p class="artist">
      ${track.artist ? userText(track.artist, "artist") : nothing}
      ${track.album ? html`<span class="album">${userText(track.album, "album")}</span>` : nothing}
    </p>`;
  }

  /** Whether the server filled in the show or station and the host, because the encoder sent no title. */
  #isPlaceholder({ track, show, host }: StreamMetadata): boolean {
    return track.title === (show ?? this.state.station.name) && track.artist === (host ?? "");
  }

  #time({ track, started_at }: StreamMetadata) {
    const elapsed = Math.max(0, this.clock.now() - started_at);
    const duration = track.duration_ms;
    if (!duration || elapsed > duration + 15_000) {
      return html`<p class="time"><span>${clockText(elapsed)}</span></p>`;
    }
    const progress = Math.min(1, elapsed / duration);
    return html`<div class="time">
      <span>${clockText(Math.min(elapsed, duration))}</span>
      <span class="bar"><span ${cssProperty("inline-size", `${(progress * 100).toFixed(2)}%`)}></span></span>
      <span>${clockText(duration)}</span>
    </div>`;
  }
}

customElements.define("awaz-now-playing", NowPlaying);
