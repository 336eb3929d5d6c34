import { msg, str } from "@lit/localize";
import { VirtualizerController } from "@tanstack/lit-virtual";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { trackCount } from "../../i18n/plural.ts";
import { clockText, sizeText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { cover, coverStyles } from "../../kit/cover.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { AwazElement } from "../../kit/element.ts";
import { addToQueueIcon, playNextIcon } from "../../kit/icons.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { TracksPage, TrackView } from "../../wire/schema.ts";
import { controlAfterKey, rowAfterKey } from "./grid-keys.ts";
import { choice, searchField } from "./find-fields.ts";
import { refreshed, sorts, views, type Sort, type View } from "./listing.ts";
import { placeTracks, type Place } from "./placing.ts";
import "./selection-bar.ts";
import { trackListStyles } from "./track-list.css.ts";
import { noteOf } from "./track-text.ts";
import "./track-dialog.ts";

const ROW_PX = 61;
/** Rows before the end of what is known at which more is fetched. */
const AHEAD = 15;
const TYPING_MS = 200;
/** How often tracks that are being measured are looked at again. */
const LOOK_MS = 4_000;

/**
 * A station's tracks: found, sorted, put into the queue, and unless it is `brief`, selected and changed. Only the rows
 * that can be seen are in the document, and the tracks behind them are fetched as somebody scrolls.
 */
export class TrackList extends AwazElement {
  static override properties = {
    brief: { type: Boolean },
    forPlaylist: { type: Boolean },
    search: { state: true },
    view: { state: true },
    sort: { state: true },
    selected: { state: true },
    opened: { state: true },
    active: { state: true },
    done: { state: true },
  };
  declare brief: boolean;
  /** Whether tracks are added to a playlist instead of the queue: `add` tells which. */
  declare forPlaylist: boolean;
  declare private search: string;
  declare private view: View;
  declare private sort: Sort;
  declare private selected: ReadonlyMap<string, TrackView>;
  /** The track whose details are shown. */
  declare private opened: TrackView | undefined;
  /** The row that the Tab key goes to. */
  declare private active: number;
  declare private done: Done | undefined;

  static override styles = [common, controls, coverStyles, trackListStyles];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #tracks = new PagedResource<TracksPage>(this, (page) => {
    const { search, view, sort } = this;
    const query = { ...page, view, sort, ...(search && { search }) };
    return to("GET /api/v1/stations/{slug}/tracks", { path: { slug: this.#station.value.slug }, query });
  });
  readonly #scroller = createRef<HTMLElement>();
  readonly #rows = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    getScrollElement: () => this.#scroller.value ?? null,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  readonly #placing = new Action(this);
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** The control that gets the focus once its row is in the document, as its place in the row. */
  #toFocus: number | undefined;

  constructor() {
    super();
    this.search = "";
    this.view = "all";
    this.sort = "added";
    this.selected = new Map();
    this.active = 0;
    new PeriodicUpdate(this, LOOK_MS, () => this.#look());
  }

  /** Fetch what is shown again: tracks were added, changed or removed. */
  refresh(): void {
    const { sort } = this;
    // The list stays as it is if the server cannot be reached just now.
    this.#tracks
      .refresh((before, first, isWhole) => refreshed(before, first, { isWhole, sort }))
      .catch(() => undefined);
  }

  protected override willUpdate(): void {
    const virtualizer = this.#rows.getVirtualizer();
    const { length: count } = this.#items;
    virtualizer.setOptions({ ...virtualizer.options, count, getItemKey: (index) => this.#items[index]?.id ?? index });
    this.active = Math.min(this.active, Math.max(0, count - 1));
  }

  override render() {
    const { lastPage } = this.#tracks;
    return html`<search class="find">
        ${searchField(this.#onSearch)}
        ${
          this.brief
            ? nothing
            : html`${choice(msg("Show", { id: "which-tracks" }), "track-view", views(), this.view, (view) => this.#list({ view }))}
              ${choice(msg("Sort"), "track-sort", sorts(), this.sort, (sort) => this.#list({ sort }))}`
        }
      </search>
      ${this.#summary()}
      <p class="bad" role="alert" data-testid="tracks-problem">${this.#placing.problem || this.#tracks.problem}</p>
      ${lastPage && !this.#items.length ? this.#empty() : this.#grid()}
      ${
        this.opened
          ? html`<awaz-track
              .track=${this.opened}
              @closed=${() => (this.opened = undefined)}
              @changed=${this.#onChanged}
              @removed=${this.#onRemoved}
              @place=${(event: CustomEvent<Place>) => this.#place([this.opened], event.detail)}
            ></awaz-track>`
          : nothing
      }
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  get #items(): readonly TrackView[] {
    return this.#tracks.items ?? this.#tracks.lastItems;
  }

  #summary(): TemplateResult {
    const page = this.#tracks.lastPage;
    if (this.selected.size) {
      return html`<awaz-selection-bar
        .tracks=${[...this.selected.values()]}
        @place=${(event: CustomEvent<Place>) => this.#place([...this.selected.values()], event.detail)}
        @changed=${() => this.refresh()}
        @removed=${this.#onRemoved}
        @cleared=${() => (this.selected = new Map())}
        @done=${({ detail }: CustomEvent<Done>) => (this.done = detail)}
      ></awaz-selection-bar>`;
    }
    const { used_bytes = 0, quota_bytes = 0, measuring = 0, total = 0 } = page ?? {};
    return html`<div class="summary">
      <p class="muted" role="status" data-testid="track-count">
        ${page ? trackCount(total) : msg("Loading…")}
        ${page && !this.brief ? html` · ${msg(str`${sizeText(used_bytes)} of ${sizeText(quota_bytes)}`)}` : nothing}
        ${measuring ? html` · ${msg(str`measuring ${trackCount(measuring)}`)}` : nothing}
      </p>
      ${
        this.brief || !this.#items.length
          ? nothing
          : html`<button class="secondary" data-testid="select-all" @click=${this.#selectAll}>
              ${msg("Select all")}
            </button>`
      }
    </div>`;
  }

  #empty(): TemplateResult {
    const isFiltered = this.search || this.view !== "all";
    const text = isFiltered ? msg("No track matches.") : msg("No music yet. Upload some and AutoDJ starts playing it.");
    return html`<p class="muted end" data-testid="no-tracks">${text}</p>`;
  }

  #grid(): TemplateResult {
    const virtualizer = this.#rows.getVirtualizer();
    const shown = virtualizer.getVirtualItems();
    const total = this.#tracks.lastPage?.total ?? -1;
    return html`<div class="scroller" ${ref(this.#scroller)} data-testid="tracks" aria-busy=${this.#tracks.isBusy}>
      <div
        class="rows ${this.brief ? "short" : ""}"
        role="grid"
        aria-label=${msg("Tracks")}
        aria-rowcount=${total}
        aria-multiselectable=${this.brief ? nothing : "true"}
        @keydown=${this.#onKey}
        @focusin=${this.#onFocus}
        ${cssProperty("block-size", `${virtualizer.getTotalSize()}px`)}
      >
        ${repeat(
          shown,
          ({ key }) => key,
          ({ index, start }) => this.#row(index, start),
        )}
      </div>
    </div>`;
  }

  #row(index: number, start: number): TemplateResult | typeof nothing {
    const track = this.#items[index];
    if (!track) return nothing;
    const isSelected = this.selected.has(track.id);
    const tabindex = index === this.active ? "0" : "-1";
    return html`<div
      class="row"
      role="row"
      data-testid="track"
      data-index=${index}
      aria-rowindex=${index + 1}
      aria-selected=${this.brief ? nothing : String(isSelected)}
      ${cssProperty("transform", `translateY(${start}px)`)}
    >
      ${
        this.brief
          ? nothing
          : html`<span role="gridcell"
              ><label class="select">
                <input
                  type="checkbox"
                  tabindex=${tabindex}
                  aria-label=${msg(str`Select ${track.title}`)}
                  .checked=${isSelected}
                  @click=${(event: MouseEvent) => this.#onSelect(event, index)}
                /> </label
            ></span>`
      }
      ${this.#what(track, tabindex)}
      <span class="length" role="gridcell">${clockText(track.duration_ms)}</span>
      <span class="act" role="gridcell">
        ${
          this.forPlaylist
            ? this.#adding(track, tabindex)
            : html`${this.#button(track, "next", msg(str`Play next: ${track.title}`), tabindex)}
              ${this.#button(track, "end", msg(str`Add to queue: ${track.title}`), tabindex)}`
        }
      </span>
    </div>`;
  }

  #what(track: TrackView, tabindex: string): TemplateResult {
    const { title, artist, album, art_url } = track;
    const note = noteOf(track);
    const text = html`${cover(art_url, 96)}<span class="text"
        ><span class="title">${userText(title)}</span
        ><span class="by"
          >${note ? html`<span class="note ${track.problem === undefined ? "" : "bad"}">${note}</span> ` : nothing}
          ${artist ? userText(artist) : msg("Unknown artist")}${album ? html` · ${userText(album)}` : nothing}</span
        ></span
      >`;
    if (this.brief) return html`<span class="what" role="gridcell">${text}</span>`;
    return html`<span role="gridcell"
      ><button class="what" tabindex=${tabindex} data-testid="track-open" @click=${() => (this.opened = track)}>
        ${text}
      </button></span
    >`;
  }

  #adding(track: TrackView, tabindex: string): TemplateResult {
    const add = () => this.dispatchEvent(new CustomEvent("add", { detail: track, bubbles: true }));
    return html`<button
      class="icon"
      tabindex=${tabindex}
      data-testid="track-add"
      aria-label=${msg(str`Add to the playlist: ${track.title}`)}
      title=${msg("Add to the playlist")}
      @click=${add}
    >
      ${addToQueueIcon}
    </button>`;
  }

  #button(track: TrackView, place: Place, label: string, tabindex: string): TemplateResult {
    return html`<button
      class="icon"
      tabindex=${tabindex}
      data-testid="track-${place}"
      aria-label=${label}
      title=${place === "next" ? msg("Play next") : msg("Add to queue")}
      ?disabled=${track.problem !== undefined}
      @click=${() => this.#place([track], place)}
    >
      ${place === "next" ? playNextIcon : addToQueueIcon}
    </button>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const virtualizer = this.#rows.getVirtualizer();
    // Before they are in the document, rows have no height.
    this.renderRoot.querySelectorAll<HTMLElement>(".row").forEach((row) => virtualizer.measureElement(row));
    const last = virtualizer.getVirtualItems().at(-1);
    if (last && last.index >= this.#items.length - AHEAD && this.#tracks.items && !this.#tracks.problem) {
      void this.#tracks.fetchMore();
    }
    this.#focusRow();
  }

  #look(): void {
    const isSeen = document.visibilityState === "visible";
    if (isSeen && this.#tracks.lastPage?.measuring) this.refresh();
  }

  readonly #onSearch = (search: string): void => {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#list({ search }), TYPING_MS);
  };

  #list(change: { search?: string; view?: View; sort?: Sort }): void {
    Object.assign(this, change);
    this.active = 0;
    this.#scroller.value?.scrollTo({ top: 0 });
  }

  async #place(tracks: readonly (TrackView | undefined)[], place: Place): Promise<void> {
    const there = tracks.filter((track) => track !== undefined);
    await this.#placing.run(async () => {
      this.done = await placeTracks(this.#session.value, this.#station.value.slug, there, place);
    });
  }

  readonly #selectAll = (): void => {
    this.selected = new Map(this.#items.map((track) => [track.id, track]));
  };

  /** With Shift, everything from the row that was used last. */
  #onSelect(event: MouseEvent, index: number): void {
    const isSelected = (event.target as HTMLInputElement).checked;
    const [from, until] = event.shiftKey ? [this.active, index].sort((a, b) => a - b) : [index, index];
    const selected = new Map(this.selected);
    for (const track of this.#items.slice(from, (until ?? index) + 1)) {
      if (isSelected) selected.set(track.id, track);
      else selected.delete(track.id);
    }
    this.selected = selected;
    this.active = index;
  }

  readonly #onChanged = ({ detail: track }: CustomEvent<TrackView>): void => {
    this.opened = track;
    this.refresh();
  };

  readonly #onRemoved = ({ detail: ids }: CustomEvent<readonly string[]>): void => {
    this.opened = undefined;
    this.selected = new Map([...this.selected].filter(([id]) => !ids.includes(id)));
    this.#tracks.remove(({ id }) => ids.includes(id));
    this.refresh();
  };

  readonly #onFocus = (event: FocusEvent): void => {
    const row = (event.target as HTMLElement).closest<HTMLElement>(".row");
    if (row && !this.#isMoving) this.active = Number(row.dataset["index"]);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement;
    const row = target.closest<HTMLElement>(".row");
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = controlsOf(row);
    const place = all.indexOf(target);
    const beside = controlAfterKey(event.key, place, all.length, this.matches(":dir(rtl)"));
    const next = rowAfterKey(event.key, this.active, this.#items.length);
    if (beside === undefined && next === undefined) return;
    event.preventDefault();
    if (beside !== undefined) all[beside]?.focus();
    if (next === undefined) return;
    this.active = next;
    this.#toFocus = place;
    this.#rows.getVirtualizer().scrollToIndex(next);
  };

  get #isMoving(): boolean {
    return this.#toFocus !== undefined;
  }

  #focusRow(): void {
    if (this.#toFocus === undefined) return;
    const row = this.renderRoot.querySelector<HTMLElement>(`.row[data-index="${this.active}"]`);
    if (!row) return;
    const place = this.#toFocus;
    this.#toFocus = undefined;
    controlsOf(row)[place]?.focus({ preventScroll: true });
  }
}

function controlsOf(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>("input, button")];
}

customElements.define("awaz-track-list", TrackList);
