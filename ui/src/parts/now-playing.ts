import { LitElement, html, nothing } from "lit";
import type { ServerClock } from "../client/clock.ts";
import { isReconnecting, type StationState } from "../client/state.ts";
import type { Metadata } from "../client/wire.ts";
import { cableIcon } from "./icons.ts";
import { nowPlayingStyles } from "./now-playing.css.ts";
import { common } from "./styles.ts";
import { said } from "./text.ts";
import { Ticking } from "./ticking.ts";
import { clockText } from "./time.ts";

/** What is heard now, who presents it, and for how long it has been on. */
export class NowPlaying extends LitElement {
  static override properties = { state: {}, clock: {} };
  declare state: StationState;
  declare clock: ServerClock;

  static override styles = [common, nowPlayingStyles];

  constructor() {
    super();
    new Ticking(this, 1000);
  }

  override render() {
    const { metadata, onAir, station } = this.state;
    if (onAir === "offair") return this.#quiet("Nothing is on air", "Stay on this page: it tells you when the station is back.");
    if (!metadata?.track.title) {
      return html`${this.#presenter(metadata)}
      ${this.#quiet("Nothing is known of this track", `You are hearing ${station.name}.`)}`;
    }
    return html`
      ${this.#presenter(metadata)}
      <h2>${said(metadata.track.title, "title")}</h2>
      ${this.#artist(metadata)} ${this.#time(metadata)}
      ${isReconnecting(this.state)
        ? html`<p class="waiting" data-testid="encoder-reconnecting">
            ${cableIcon}<span>The studio’s connection dropped. Waiting for it to come back.</span>
          </p>`
        : nothing}
    `;
  }

  #quiet(title: string, text: string) {
    return html`<h2 class="quiet" data-testid="title">${title}</h2>
      <p class="hint">${said(text)}</p>`;
  }

  #presenter(metadata: Metadata | undefined) {
    const { show, host } = metadata ?? this.state.broadcast ?? {};
    if (!show && !host) return nothing;
    return html`<p class="presenter">
      ${show ? html`<span class="show">${said(show, "show")}</span>` : nothing}
      ${host ? html`<span>with ${said(host, "host")}</span>` : nothing}
    </p>`;
  }

  #artist(metadata: Metadata) {
    const { track } = metadata;
    if (this.#isStandIn(metadata)) return html`<p class="hint">No title has been sent.</p>`;
    if (!track.artist && !track.album) return nothing;
    return html`<p class="artist">
      ${track.artist ? said(track.artist, "artist") : nothing}
      ${track.album ? html`<span class="album">${said(track.album, "album")}</span>` : nothing}
    </p>`;
  }

  /** Without a title from the encoder, the server puts show or station and host in its place. */
  #isStandIn({ track, show, host }: Metadata): boolean {
    return track.title === (show ?? this.state.station.name) && track.artist === (host ?? "");
  }

  #time({ track, started_at }: Metadata) {
    const elapsed = Math.max(0, this.clock.now() - started_at);
    const duration = track.duration_ms;
    if (!duration || elapsed > duration + 15_000) {
      return html`<p class="time"><span>On for ${clockText(elapsed)}</span></p>`;
    }
    const part = Math.min(1, elapsed / duration);
    return html`<div class="time">
      <span>${clockText(Math.min(elapsed, duration))}</span>
      <span class="bar"><span style="inline-size:${(part * 100).toFixed(2)}%"></span></span>
      <span>${clockText(duration)}</span>
    </div>`;
  }
}

customElements.define("awaz-now-playing", NowPlaying);
