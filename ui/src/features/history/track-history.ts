import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html } from "lit";
import type { ServerClock } from "../../sdk/clock.ts";
import type { PlayView } from "../../wire/schema.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common } from "../../kit/styles.ts";
import { agoText, dayAndTime } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

const MAX_ENTRIES = 10;

/** Recently played tracks, newest first. */
export class TrackHistory extends AwazElement {
  static override properties = { plays: {}, clock: {} };
  declare plays: readonly PlayView[];
  declare clock: ServerClock;

  static override styles = [
    common,
    css`
      li {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0 1rem;
        align-items: baseline;
        padding-block: 0.7rem;
        border-block-start: 1px solid var(--line);
        break-inside: avoid;
      }
      li:has([lang="ur"]) {
        padding-block: 0.45rem 0.9rem;
      }
      ol {
        columns: 27rem;
        column-gap: 4rem;
      }
      .track {
        min-inline-size: 0;
      }
      .title {
        font-weight: 650;
        display: block;
      }
      .artist,
      time,
      .empty {
        color: var(--muted);
      }
      .artist {
        font-size: 0.95rem;
      }
      time {
        font-size: 0.88rem;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      .empty {
        padding-block: 0.7rem;
        max-inline-size: 46ch;
      }
    `,
  ];

  constructor() {
    super();
    new PeriodicUpdate(this, 20_000);
  }

  override render() {
    if (!this.plays.length) {
      return html`<p class="empty" data-testid="history">
        ${msg("Nothing yet. Tracks appear here after they have played.")}
      </p>`;
    }
    return html`<ol data-testid="history">
      ${this.plays.slice(0, MAX_ENTRIES).map((play) => this.#play(play))}
    </ol>`;
  }

  #play(play: PlayView) {
    const started = new Date(play.started_at);
    return html`<li>
      <div class="track">
        <span class="title">${play.title ? userText(play.title) : msg("Unknown track")}</span>
        ${play.artist ? html`<span class="artist">${userText(play.artist)}</span>` : ""}
      </div>
      <time datetime=${started.toISOString()} title=${dayAndTime(play.started_at)}
        >${agoText(play.started_at, this.clock.now())}</time
      >
    </li>`;
  }
}

customElements.define("awaz-history", TrackHistory);
