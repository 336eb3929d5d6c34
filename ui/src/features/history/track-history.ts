import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { ofStation } from "../../app/selected.ts";
import type { PlayView } from "../../wire/schema.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { dayAndTime, whenText } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

/** How many are shown at first. */
const FEW = 10;

/** Recently played tracks, newest first, and on request those before. */
export class TrackHistory extends AwazElement {
  readonly #station = new FromPage(this, stationContext);
  readonly #recent = ofStation(this, ({ history }) => history);
  /** The newest of them are in the station's state, too. */
  readonly #older = new PagedResource(
    this,
    (query) => to("GET /api/v1/stations/{slug}/history", { path: { slug: this.#station.value.slug }, query }),
    { onDemand: true },
  );
  /** The newest plays since older ones were fetched, without a gap. */
  #newest: readonly PlayView[] = [];
  /** The station that `#newest` is of. */
  #slug: string | undefined;

  static override styles = [
    common,
    controls,
    css`
      li {
        display: grid;
        grid-template-columns: 1fr auto auto;
        gap: 0 1rem;
        align-items: baseline;
        padding-block: 0.7rem;
        border-block-start: 1px solid var(--line);
      }
      li:has([lang="ur"]) {
        padding-block: 0.45rem 0.9rem;
      }
      ol {
        max-inline-size: 45rem;
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
        font-size: var(--text-small);
      }
      time {
        font-size: var(--text-label);
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      .empty {
        padding-block: 0.7rem;
        max-inline-size: 46ch;
      }
    `,
  ];

  override willUpdate(): void {
    const plays = this.#plays;
    const last = plays.at(-1)?.started_at ?? Infinity;
    const { slug } = this.#station.value;
    const isKept = this.#older.items !== undefined && slug === this.#slug;
    const before = isKept ? this.#newest.filter(({ started_at }) => started_at < last) : [];
    this.#slug = slug;
    this.#newest = [...plays, ...before];
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
      ${this.#older.items || this.#plays.length >= FEW ? this.#older.more("history") : nothing}`;
  }

  get #plays(): readonly PlayView[] {
    return this.#recent.value ?? [];
  }

  get #shown(): readonly PlayView[] {
    const older = this.#older.items;
    if (!older) return this.#plays.slice(0, FEW);
    const oldest = this.#newest.at(-1)?.started_at ?? Infinity;
    return [...this.#newest, ...older.filter(({ started_at }) => started_at < oldest)];
  }

  #play(play: PlayView) {
    const started = new Date(play.started_at);
    return html`<li>
      <div class="track">
        <span class="title">${play.title ? userText(play.title) : msg("Unknown track")}</span>
        ${play.artist ? html`<span class="artist">${userText(play.artist)}</span>` : ""}
      </div>
      <awaz-like .play=${play.play_id} .name=${play.title}></awaz-like>
      <time datetime=${started.toISOString()} title=${dayAndTime(play.started_at)}
        >${whenText(play.started_at, this.#station.value.now())}</time
      >
    </li>`;
  }
}

customElements.define("awaz-history", TrackHistory);
