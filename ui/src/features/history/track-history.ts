import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import type { PlayView } from "../../wire/schema.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { Action, moreLabel } from "../../kit/action.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { callApi } from "../../sdk/http.ts";
import { agoText, dayAndTime } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

/** How many are shown at first. */
const FEW = 10;
const PAGE_SIZE = 50;

/** Recently played tracks, newest first, and on request those before. */
export class TrackHistory extends AwazElement {
  static override properties = { older: { state: true } };
  /** The plays that were fetched; the newest of them are in the station's state, too. */
  declare private older: readonly PlayView[] | undefined;
  readonly #station = new FromPage(this, stationContext);
  readonly #recent = ofStation(this, ({ history }) => history);
  readonly #action = new Action(this);
  /** The station that `older` is of. */
  #slug: string | undefined;
  #next: string | undefined;

  static override styles = [
    common,
    controls,
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

  override willUpdate(): void {
    const { slug } = this.#station.value;
    if (slug === this.#slug) return;
    this.#slug = slug;
    this.older = undefined;
    this.#next = undefined;
  }

  override render() {
    if (!this.#plays.length) {
      return html`<p class="empty" data-testid="history">
        ${msg("Nothing yet. Tracks appear here after they have played.")}
      </p>`;
    }
    return html`<ol data-testid="history">
        ${this.#shown.map((play) => this.#play(play))}
      </ol>
      ${this.#more()}`;
  }

  get #plays(): readonly PlayView[] {
    return this.#recent.value ?? [];
  }

  get #shown(): readonly PlayView[] {
    if (!this.older) return this.#plays.slice(0, FEW);
    const oldest = this.#plays.at(-1)?.started_at ?? Infinity;
    return [...this.#plays, ...this.older.filter(({ started_at }) => started_at < oldest)];
  }

  #more() {
    const { busy, problem } = this.#action;
    const hasMore = this.older ? this.#next !== undefined : this.#plays.length >= FEW;
    if (!hasMore) return nothing;
    return html`<p class="bad" role="alert">${problem}</p>
      <button class="secondary" data-testid="history-more" ?disabled=${busy} @click=${this.#fetch}>
        ${moreLabel(this.#action)}
      </button>`;
  }

  async #fetch(): Promise<void> {
    const { slug } = this.#station.value;
    const query = { limit: PAGE_SIZE, ...(this.#next !== undefined && { cursor: this.#next }) };
    await this.#action.run(async () => {
      const { items, next } = await callApi(to("GET /api/v1/stations/{slug}/history", { path: { slug }, query }));
      if (slug !== this.#slug) return;
      this.older = [...(this.older ?? []), ...items];
      this.#next = next;
    });
  }

  #play(play: PlayView) {
    const started = new Date(play.started_at);
    return html`<li>
      <div class="track">
        <span class="title">${play.title ? userText(play.title) : msg("Unknown track")}</span>
        ${play.artist ? html`<span class="artist">${userText(play.artist)}</span>` : ""}
      </div>
      <time datetime=${started.toISOString()} title=${dayAndTime(play.started_at)}
        >${agoText(play.started_at, this.#station.value.now())}</time
      >
    </li>`;
  }
}

customElements.define("awaz-history", TrackHistory);
