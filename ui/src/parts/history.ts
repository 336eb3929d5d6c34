import { LitElement, css, html } from "lit";
import type { ServerClock } from "../client/clock.ts";
import type { PlayView } from "../client/wire.ts";
import { common } from "./styles.ts";
import { said } from "./text.ts";
import { Ticking } from "./ticking.ts";
import { agoText } from "./time.ts";

const SHOWN = 10;

/** What was heard before, newest first. */
export class TrackHistory extends LitElement {
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
      li:has(.nastaliq) {
        padding-block: 0.45rem 0.9rem;
      }
      ol {
        columns: 27rem;
        column-gap: 4rem;
      }
      .what {
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
    new Ticking(this, 20_000);
  }

  override render() {
    if (!this.plays.length) {
      return html`<p class="empty" data-testid="history">No track has ended yet. What you hear will be listed here.</p>`;
    }
    return html`<ol data-testid="history">
      ${this.plays.slice(0, SHOWN).map((play) => this.#play(play))}
    </ol>`;
  }

  #play(play: PlayView) {
    const started = new Date(play.started_at);
    return html`<li>
      <div class="what">
        <span class="title">${play.title ? said(play.title) : "Unknown track"}</span>
        ${play.artist ? html`<span class="artist">${said(play.artist)}</span>` : ""}
      </div>
      <time datetime=${started.toISOString()} title=${started.toLocaleString()}
        >${agoText(play.started_at, this.clock.now())}</time
      >
    </li>`;
  }
}

customElements.define("awaz-history", TrackHistory);
