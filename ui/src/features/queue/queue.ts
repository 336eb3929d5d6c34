import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { clockText, timeOfDay } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { cover, coverStyles } from "../../kit/cover.ts";
import { AwazElement } from "../../kit/element.ts";
import { downIcon, handleIcon, removeIcon, upIcon } from "../../kit/icons.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { audibleKind } from "../../sdk/state.ts";
import type { QueueItem, QueueView } from "../../wire/schema.ts";
import { dragRows } from "./drag.ts";
import { after, stepOf, type Before } from "./order.ts";
import { queueStyles } from "./queue.css.ts";
import { StationQueue } from "./station-queue.ts";
import { whyText } from "./why.ts";

/** How many items are shown at first. */
const FEW = 15;

/** The track on air and those that follow, in the order in which they will be heard; moved by hand, keys and buttons. */
export class Queue extends AwazElement {
  static override properties = { done: { state: true }, said: { state: true }, isLong: { state: true } };
  declare private done: Done | undefined;
  /** What screen readers say of a move. */
  declare private said: string;
  /** Whether all items are shown. */
  declare private isLong: boolean;

  static override styles = [common, controls, coverStyles, queueStyles];

  readonly #station = new FromPage(this, stationContext);
  readonly #queue = new StationQueue(this);
  readonly #onAir = ofStation(this, audibleKind);
  readonly #action = new Action(this);
  /** The list whose rows can be dragged, and how that is ended. */
  #draggable: { readonly list: Element; readonly end: () => void } | undefined;
  /** The queue as it was when a drag began: nothing moves under the pointer. */
  #frozen: QueueView | undefined;
  /** The control that has the focus again after its row has moved: a moved element loses it. */
  #toFocus: (() => HTMLElement | null | undefined) | undefined;

  constructor() {
    super();
    this.said = "";
    new PeriodicUpdate(this, 1_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#draggable?.end();
    this.#draggable = undefined;
    this.#frozen = undefined;
  }

  override render() {
    const { problem } = this.#queue;
    const view = this.#frozen ?? this.#queue.view;
    const failed = problem
      ? html`<p class="bad" role="alert" data-testid="queue-problem">
          ${problem} <button class="secondary" @click=${() => void this.#queue.fetch()}>${msg("Try again")}</button>
        </p>`
      : nothing;
    return html`${failed}
      ${view ? this.#content(view) : problem ? nothing : html`<p class="muted">${msg("Loading…")}</p>`}
      <p class="bad" role="alert" data-testid="edit-problem">${this.#action.problem}</p>
      <div class="unseen" role="status" data-testid="moved">${this.said}</div>
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  #content(view: QueueView): TemplateResult {
    const { now, items } = view;
    const shown = this.isLong ? items : items.slice(0, FEW);
    return html`${now ? this.#now(now) : this.#notPlaying(items.length > 0)}
      ${
        items.length
          ? html`<p class="muted hint">
              ${msg("Drag, or press Alt with the up and down arrows, to change the order.")}
            </p>`
          : nothing
      }
      <ol class="items" data-testid="queue" data-version=${view.version} data-applied=${view.applied}>
        ${repeat(
          shown,
          ({ id }) => id,
          (item, place) => this.#item(item, place, items),
        )}
      </ol>
      ${
        items.length > shown.length
          ? html`<button class="secondary" data-testid="queue-more" @click=${() => (this.isLong = true)}>
              ${msg("Show all")}
            </button>`
          : nothing
      }`;
  }

  #now({ id, track, starts_at, why }: QueueItem): TemplateResult {
    const heard = Math.min(track.duration_ms, Math.max(0, this.#station.value.now() - starts_at));
    return html`<section class="now" aria-label=${msg("Playing now")} data-testid="queue-now" data-item=${id}>
      ${cover(track.art_url, 96)}
      <div class="text">
        <span class="title">${userText(track.title)}</span>
        <span class="by">${track.artist ? userText(track.artist) : msg("Unknown artist")}</span>
        <span class="why">${whyText({ why, starts_at })}</span>
      </div>
      <button class="secondary" data-testid="queue-skip" ?disabled=${this.#action.busy} @click=${() => this.#skip(id)}>
        ${msg("Skip")}
      </button>
      <progress max=${track.duration_ms} .value=${heard} aria-label=${msg("Progress")}></progress>
      <span class="left">${msg(str`${clockText(track.duration_ms - heard)} left`)}</span>
    </section>`;
  }

  #notPlaying(isFollowed: boolean): TemplateResult {
    const text =
      this.#onAir.value === "live"
        ? msg("A host is live. The queue continues when they stop.")
        : isFollowed
          ? msg("The queue starts in a moment.")
          : msg("There is no music to play yet. Upload some to the library.");
    return html`<p class="muted hint" data-testid="queue-idle">${text}</p>`;
  }

  #item(item: QueueItem, place: number, items: readonly QueueItem[]): TemplateResult {
    const { id, track, starts_at, fixed } = item;
    const name = track.title;
    return html`<li
      data-testid="queue-item"
      data-item=${id}
      ?data-fixed=${fixed}
      tabindex="-1"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, id)}
    >
      <span class="handle" title=${fixed ? nothing : msg("Drag to move")}>${fixed ? nothing : handleIcon}</span>
      <div class="text">
        <span class="title">${userText(name)}</span>
        <span class="by"
          ><time datetime=${new Date(starts_at).toISOString()}>${timeOfDay(starts_at)}</time> ·
          ${track.artist ? userText(track.artist) : msg("Unknown artist")} · ${clockText(track.duration_ms)}</span
        >
        <span class="why">${fixed ? msg("Starting now") : whyText(item)}</span>
      </div>
      <span class="act">
        ${this.#button("up", upIcon, msg(str`Move up: ${name}`), !stepOf(items, id, -1), () => this.#step(id, -1, "up"))}
        ${this.#button("down", downIcon, msg(str`Move down: ${name}`), !stepOf(items, id, 1), () => this.#step(id, 1, "down"))}
        ${this.#button("remove", removeIcon, msg(str`Remove: ${name}`), fixed, () => this.#remove(item, place))}
      </span>
    </li>`;
  }

  #button(
    name: string,
    icon: TemplateResult,
    label: string,
    isDisabled: boolean,
    run: () => Promise<void>,
  ): TemplateResult {
    return html`<button
      class="icon"
      data-testid="queue-${name}"
      aria-label=${label}
      ?disabled=${isDisabled}
      @click=${run}
    >
      ${icon}
    </button>`;
  }

  protected override updated(): void {
    this.#followList();
    this.#toFocus?.()?.focus();
    this.#toFocus = undefined;
  }

  readonly #onKey = (event: KeyboardEvent, id: string): void => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!event.altKey || !step) return;
    event.preventDefault();
    const focused = (event.target as HTMLElement).closest<HTMLElement>("button")?.dataset["testid"];
    void this.#step(id, step, focused?.replace("queue-", ""));
  };

  /** Move an item by one; the focus stays on the control of its row. */
  async #step(id: string, step: -1 | 1, control?: string): Promise<void> {
    const target = stepOf(this.#queue.view?.items ?? [], id, step);
    if (target) await this.#move(id, target.before, control);
  }

  async #move(id: string, before: Before, control?: string): Promise<void> {
    const items = this.#queue.view?.items ?? [];
    const item = items.find((each) => each.id === id);
    const follower = after(items, id);
    if (!item || before === id || before === follower) return;
    const focus = () => this.#control(id, control);
    this.#toFocus = control === undefined ? undefined : focus;
    const moved = await this.#action.run(() => this.#queue.move(id, before));
    this.#toFocus = control === undefined ? undefined : focus;
    this.requestUpdate();
    if (!moved) return;
    const place = (this.#queue.view?.items ?? []).findIndex((each) => each.id === id) + 1;
    this.said = msg(str`${item.track.title} is now number ${place}.`);
    this.done = {
      text: msg(html`${userText(item.track.title)} was moved.`),
      undo: () => this.#queue.move(id, follower),
    };
  }

  /** A button of an item's row, or the other of its pair where that one is disabled. */
  #control(id: string, control = ""): HTMLElement | null {
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-item="${id}"]`);
    const wanted = row?.querySelector<HTMLElement>(`[data-testid="queue-${control}"]:enabled`);
    return wanted ?? row?.querySelector<HTMLElement>("button:enabled") ?? row ?? null;
  }

  async #remove({ id, track }: QueueItem, place: number): Promise<void> {
    const follower = after(this.#queue.view?.items ?? [], id);
    if (!(await this.#action.run(() => this.#queue.remove(id)))) return;
    this.done = {
      text: msg(html`${userText(track.title)} was removed from the queue.`),
      undo: () => this.#queue.place(track.id, follower),
    };
    const next = this.#queue.view?.items[place]?.id;
    this.#toFocus = () => (next === undefined ? undefined : this.#control(next, "remove"));
    this.requestUpdate();
  }

  async #skip(id: string): Promise<void> {
    await this.#action.run(() => this.#queue.skip(id));
  }

  #followList(): void {
    const list = this.renderRoot.querySelector<HTMLElement>(".items");
    if (list === (this.#draggable?.list ?? null)) return;
    this.#draggable?.end();
    this.#draggable = list
      ? { list, end: dragRows(list, { start: () => (this.#frozen = this.#queue.view), drop: this.#onDrop }) }
      : undefined;
  }

  readonly #onDrop = (id: string, before: Before): void => {
    const shown = this.#frozen?.items.slice(0, this.isLong ? undefined : FEW) ?? [];
    this.#frozen = undefined;
    // Below the last row that is shown, there may be others.
    void this.#move(id, before ?? after(this.#queue.view?.items ?? [], shown.at(-1)?.id ?? ""));
    this.requestUpdate();
  };
}

customElements.define("awaz-queue", Queue);
