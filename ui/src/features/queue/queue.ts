import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { clockText, timeOfDay } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { cover, coverStyles } from "../../kit/cover.ts";
import { AwazElement } from "../../kit/element.ts";
import { after, type Before } from "../../kit/order.ts";
import "../../kit/ordered-list.ts";
import { movedText, type OrderedRow } from "../../kit/ordered-list.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { audibleKind } from "../../sdk/state.ts";
import type { QueueItem, QueueView } from "../../wire/schema.ts";
import { queueStyles } from "./queue.css.ts";
import "./forecast.ts";
import { StationQueue } from "./station-queue.ts";
import { whyText } from "./why.ts";

/** How many items are shown at first. */
const FEW = 15;

/** The track on air and those that follow, in the order in which they will be heard; moved by hand, keys and buttons. */
export class Queue extends AwazElement {
  static override properties = { done: {}, isLong: { state: true }, isAhead: { state: true } };
  /** The last action, in the queue or in the library beside it. */
  declare done: Done | undefined;
  /** Whether all items are shown. */
  declare private isLong: boolean;
  /** Whether the next day is shown. */
  declare private isAhead: boolean;

  static override styles = [common, controls, coverStyles, queueStyles];

  readonly #station = new FromPage(this, stationContext);
  readonly #queue = new StationQueue(this);
  readonly #onAir = ofStation(this, audibleKind);
  readonly #action = new Action(this);

  constructor() {
    super();
    new PeriodicUpdate(this, 1_000);
  }

  override render() {
    const { problem, view } = this.#queue;
    const failed = problem
      ? html`<p class="bad" role="alert" data-testid="queue-problem">
          ${problem} <button class="secondary" @click=${() => void this.#queue.fetch()}>${msg("Try again")}</button>
        </p>`
      : nothing;
    return html`${failed}
      ${view ? this.#content(view) : problem ? nothing : html`<p class="muted">${msg("Loading…")}</p>`}
      <p class="bad" role="alert" data-testid="edit-problem">${this.#action.problem}</p>
      <details class="ahead" @toggle=${this.#onToggle}>
        <summary data-testid="queue-ahead">${msg("The next 24 hours")}</summary>
        ${this.isAhead ? html`<awaz-forecast></awaz-forecast>` : nothing}
      </details>
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  #content(view: QueueView): TemplateResult {
    const { now, items } = view;
    return html`${now ? this.#now(now) : this.#notPlaying(items.length > 0)}
      <awaz-ordered-list
        data-testid="queue"
        data-version=${view.version}
        data-applied=${view.applied}
        name="queue"
        .rows=${items.map(rowOf)}
        .shown=${this.isLong ? Infinity : FEW}
        .moveRow=${this.#move}
        .takeOut=${this.#remove}
      ></awaz-ordered-list>
      ${
        items.length > FEW && !this.isLong
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
        <span class="by">${artistText(track.artist)}</span>
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

  readonly #move = async (id: string, before: Before): Promise<void> => {
    const items = this.#queue.view?.items ?? [];
    const item = items.find((each) => each.id === id);
    const follower = after(items, id);
    if (!item || !(await this.#action.inTurn(() => this.#queue.move(id, before)))) return;
    this.done = {
      text: movedText(item.track.title, this.#queue.view?.items ?? [], id),
      undo: () => this.#queue.move(id, follower),
    };
    await this.updateComplete;
  };

  readonly #remove = async (id: string): Promise<boolean> => {
    const items = this.#queue.view?.items ?? [];
    const track = items.find((each) => each.id === id)?.track;
    const follower = after(items, id);
    if (!track || !(await this.#action.inTurn(() => this.#queue.remove(id)))) return false;
    this.done = {
      text: msg(html`${userText(track.title)} was removed from the queue.`),
      undo: () => this.#queue.place(track.id, follower),
    };
    await this.updateComplete;
    return true;
  };

  readonly #onToggle = ({ currentTarget }: Event): void => {
    this.isAhead = (currentTarget as HTMLDetailsElement).open;
  };

  async #skip(id: string): Promise<void> {
    await this.#action.run(() => this.#queue.skip(id));
  }
}

function rowOf(item: QueueItem): OrderedRow {
  const { id, track, starts_at, fixed } = item;
  const content = html`<span class="title">${userText(track.title)}</span>
    <span class="by"
      ><time dir="auto" datetime=${new Date(starts_at).toISOString()}>${timeOfDay(starts_at)}</time> ·
      ${artistText(track.artist)} · ${clockText(track.duration_ms)}</span
    >
    <span class="why">${fixed ? msg("Starting now") : whyText(item)}</span>`;
  return { id, name: track.title, fixed, content };
}

customElements.define("awaz-queue", Queue);
