import { msg, str } from "@lit/localize";
import { defaultRangeExtractor, VirtualizerController } from "@tanstack/lit-virtual";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { createRef, ref } from "lit/directives/ref.js";
import { repeat } from "lit/directives/repeat.js";
import { Changes } from "../../app/changes.ts";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { trackCount } from "../../i18n/plural.ts";
import { clockText, sizeText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { coverStyles } from "../../kit/cover.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { to } from "../../sdk/api.ts";
import type { TracksPage, TrackView } from "../../wire/schema.ts";
import { controlAfterKey, rowAfterKey } from "./grid-keys.ts";
import { choice, searchField } from "./find-fields.ts";
import { emptyText, sorts, views, type Sort, type View } from "./listing.ts";
import { placeTracks, type Place } from "./placing.ts";
import { broughtUpToDate, selectionOf, withTracks, type Selection } from "./selection.ts";
import "./selection-bar.ts";
import { trackListStyles } from "./track-list.css.ts";
import { addButton, placeButton, rowText } from "./track-row.ts";
import { measuringText } from "./track-text.ts";
import "./track-dialog.ts";

const ROW_PX = 61;
/** Rows before the end of what is known at which more is fetched. */
const AHEAD = 15;
const TYPING_MS = 200;

/**
 * A station's tracks: found, sorted, put into the queue, and unless it is `brief`, selected and changed. Only the rows
 * that can be seen are in the document, and the tracks behind them are fetched as somebody scrolls. If it is `brief`,
 * it fires `done` with what can be undone.
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
  declare private selected: Selection;
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
    // The row that the Tab key goes to is always there.
    rangeExtractor: (range) => {
      const seen = defaultRangeExtractor(range);
      return seen.includes(this.active) ? seen : [this.active, ...seen].sort((a, b) => a - b);
    },
  });
  readonly #placing = new Action(this);
  #typing: ReturnType<typeof setTimeout> | undefined;
  /** The tracks of the last fetch, whatever it was asked for: they are shown until those of another one have come. */
  #items: readonly TrackView[] = [];
  /** The row from which on Shift selects. */
  #anchor = 0;
  /** Finds the element that takes the focus at the next update, because the control that has it goes away. */
  #successor: (() => HTMLElement | null) | undefined;
  /** Whether another list than the one that is shown was asked for. */
  #isOther = false;
  /** The control that gets the focus once its row is in the document, as its place in the row. */
  #toFocus: number | undefined;

  constructor() {
    super();
    this.search = "";
    this.view = "all";
    this.sort = "added";
    this.selected = new Map();
    this.active = 0;
    new Changes(this, "tracks", () => this.#refresh());
  }

  protected override willUpdate(): void {
    const items = this.#tracks.items ?? this.#tracks.lastItems;
    if (items === this.#items) return;
    const placeOf = (place: number) => items.findIndex(({ id }) => id === this.#items[place]?.id);
    const [active, anchor] = this.#isOther ? [0, 0] : [placeOf(this.active), placeOf(this.#anchor)];
    this.#isOther = false;
    this.#anchor = Math.max(0, anchor);
    if (active >= 0) this.active = active;
    this.#items = items;
    this.selected = broughtUpToDate(this.selected, items);
    const virtualizer = this.#rows.getVirtualizer();
    const { length: count } = items;
    virtualizer.setOptions({ ...virtualizer.options, count, getItemKey: (index) => items[index]?.id ?? index });
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
      <p class="bad" role="alert" data-testid="tracks-problem">
        ${this.#placing.problem || this.#tracks.problem}
        ${
          this.#tracks.problem
            ? html`<button class="secondary" data-testid="tracks-retry" @click=${() => void this.#tracks.fetchMore()}>
                ${msg("Try again")}
              </button>`
            : nothing
        }
      </p>
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
      ${this.brief ? nothing : html`<awaz-undo .done=${this.done}></awaz-undo>`}`;
  }

  #summary(): TemplateResult {
    return html`<div class="summary">
      <p class="muted" role="status" data-testid="track-count">${this.#count()}</p>
      ${this.selected.size ? this.#selectionBar() : this.brief || !this.#items.length ? nothing : this.#selectAllButton()}
    </div>`;
  }

  #count(): unknown {
    const { lastPage: page, problem } = this.#tracks;
    if (this.selected.size) return msg(str`${trackCount(this.selected.size)} selected`);
    if (!page) return problem ? nothing : msg("Loading…");
    const { used_bytes, quota_bytes, measuring, total } = page;
    return html`${trackCount(total)}
    ${this.brief ? nothing : html` · ${msg(str`${sizeText(used_bytes)} of ${sizeText(quota_bytes)}`)}`}
    ${measuring ? html` · ${measuringText(measuring)}` : nothing}`;
  }

  #selectAllButton(): TemplateResult {
    const { length } = this.#items;
    const isAll = length >= (this.#tracks.lastPage?.total ?? 0);
    return html`<button class="secondary" data-testid="select-all" @click=${this.#selectAll}>
      ${isAll ? msg("Select all") : msg(str`Select the first ${trackCount(length)}`)}
    </button>`;
  }

  #selectionBar(): TemplateResult {
    const tracks = [...this.selected.values()];
    return html`<awaz-selection-bar
      .tracks=${tracks}
      @place=${(event: CustomEvent<Place>) => this.#place(tracks, event.detail)}
      @changed=${this.#refresh}
      @removed=${this.#onRemoved}
      @cleared=${this.#clearSelection}
      @done=${({ detail }: CustomEvent<Done>) => (this.done = detail)}
    ></awaz-selection-bar>`;
  }

  #empty(): TemplateResult {
    return html`<p class="muted end" data-testid="no-tracks">${emptyText(this.search, this.view)}</p>`;
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
            ? addButton(track, tabindex, () => this.#add(track))
            : html`${placeButton(track, "next", tabindex, () => void this.#place([track], "next"))}
              ${placeButton(track, "end", tabindex, () => void this.#place([track], "end"))}`
        }
      </span>
    </div>`;
  }

  #what(track: TrackView, tabindex: string): TemplateResult {
    const text = rowText(track, this.brief);
    if (this.brief) return html`<span class="what" role="gridcell">${text}</span>`;
    return html`<span role="gridcell"
      ><button class="what" tabindex=${tabindex} data-testid="track-open" @click=${() => (this.opened = track)}>
        ${text}
      </button></span
    >`;
  }

  #add(track: TrackView): void {
    this.dispatchEvent(new CustomEvent("add", { detail: track, bubbles: true }));
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
    this.#successor?.()?.focus();
    this.#successor = undefined;
  }

  readonly #refresh = (): void => {
    // The list stays as it is if the server cannot be reached just now.
    this.#tracks.refresh(({ id }) => id).catch(() => undefined);
  };

  readonly #onSearch = (search: string): void => {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#list({ search }), TYPING_MS);
  };

  #list(change: { search?: string; view?: View; sort?: Sort }): void {
    Object.assign(this, change);
    this.#isOther = true;
    this.#scroller.value?.scrollTo({ top: 0 });
  }

  async #place(tracks: readonly (TrackView | undefined)[], place: Place): Promise<void> {
    const there = tracks.filter((track) => track !== undefined);
    await this.#placing.inTurn(async () => {
      const done = await placeTracks(this.#session.value, this.#station.value.slug, there, place);
      if (this.brief) this.dispatchEvent(new CustomEvent("done", { detail: done, bubbles: true }));
      else this.done = done;
    });
  }

  readonly #selectAll = (): void => {
    this.selected = selectionOf(this.#items);
    this.#successor = () => this.renderRoot.querySelector("awaz-selection-bar");
  };

  readonly #clearSelection = (): void => {
    this.selected = new Map();
    this.#successor = () => this.renderRoot.querySelector("[data-testid=select-all]");
  };

  /** With Shift, everything from the row that was selected last. */
  #onSelect(event: MouseEvent, index: number): void {
    const isSelected = (event.target as HTMLInputElement).checked;
    const anchor = event.shiftKey ? this.#anchor : index;
    const tracks = this.#items.slice(Math.min(anchor, index), Math.max(anchor, index) + 1);
    this.selected = withTracks(this.selected, tracks, isSelected);
    this.#anchor = index;
  }

  readonly #onChanged = ({ detail: track }: CustomEvent<TrackView>): void => {
    this.opened = track;
    this.#refresh();
  };

  readonly #onRemoved = ({ detail: ids }: CustomEvent<readonly string[]>): void => {
    this.opened = undefined;
    this.selected = new Map([...this.selected].filter(([id]) => !ids.includes(id)));
    this.#successor = () =>
      this.renderRoot.querySelector<HTMLElement>(`.row[data-index="${this.active}"] button`) ??
      this.renderRoot.querySelector("input[type=search]");
    this.#tracks.remove(({ id }) => ids.includes(id));
    this.#refresh();
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
