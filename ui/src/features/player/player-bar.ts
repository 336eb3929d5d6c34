import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { emblem, groundOf } from "../../kit/roundel.ts";
import { common, roundToggle } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import type { StreamMetadata } from "../../wire/schema.ts";
import { playButton, statusText } from "./controls.ts";
import type { Playback } from "./playback.ts";
import { PlaybackUpdates } from "./playback-updates.ts";

/** The bar at the foot of the listeners' pages with the station that plays in this tab, or played last. */
export class PlayerBar extends AwazElement {
  static override properties = { playback: {}, track: {}, picture: {} };
  declare playback: Playback;
  /** The track of the station that plays, if it is known. */
  declare track: Pick<StreamMetadata["track"], "title" | "artist" | "art_url"> | undefined;
  /** The station's. */
  declare picture: string | undefined;

  static override styles = [
    common,
    roundToggle,
    roundelStyles,
    css`
      :host {
        position: sticky;
        inset-block-end: 0;
        z-index: 5;
        display: block;
      }
      section {
        --focus: var(--panel-ink);

        display: grid;
        grid-template-columns: auto 1fr auto;
        align-items: center;
        gap: 0.9rem;
        padding: 0.6rem 0.9rem;
        padding-block-end: max(0.6rem, env(safe-area-inset-bottom));
        border-start-start-radius: var(--radius-row);
        border-start-end-radius: var(--radius-row);
        background: var(--panel-deep);
        color: var(--panel-ink);
        box-shadow: 0 -6px 24px var(--shadow);
      }
      .disc {
        inline-size: 2.75rem;
      }
      a {
        color: inherit;
        text-decoration: none;
      }
      .text {
        min-inline-size: 0;
        display: grid;
      }
      .text > * {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .track {
        display: flex;
        font-weight: 700;
      }
      .track bdi {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .station {
        color: var(--panel-muted);
        font-size: var(--text-small);
      }
    `,
  ];

  constructor() {
    super();
    new PlaybackUpdates(this);
  }

  override render() {
    const { station } = this.playback;
    if (!station) return nothing;
    const name = userText(station.name);
    return html`<section aria-label=${msg("Player")} data-testid="player-bar" data-ground=${groundOf(station.slug)}>
      <a class="disc" href="/s/${station.slug}" aria-hidden="true" tabindex="-1"
        >${emblem(station.slug, this.track?.art_url, this.picture)}</a
      >
      <div class="text">
        <span class="track">${this.track?.title ? userText(this.track.title) : name}</span>
        <span class="station">
          ${this.track?.artist ? html`${userText(this.track.artist)} · ` : nothing}<a href="/s/${station.slug}"
            >${name}</a
          >
          · <span role="status">${statusText(this.playback, station)}</span>
        </span>
      </div>
      ${playButton(this.playback, station, "bar-play")}
    </section>`;
  }
}

customElements.define("awaz-player-bar", PlayerBar);
