import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { numberText } from "../i18n/time.ts";
import { Action } from "./action.ts";
import { dragRows } from "./drag.ts";
import { AwazElement } from "./element.ts";
import { downIcon, handleIcon, removeIcon, upIcon } from "./icons.ts";
import { after, stepOf, type Before } from "./order.ts";
import { common, controls } from "./styles.ts";
import { userText } from "./user-text.ts";

/** A row of an ordered list; `name` is what its buttons and screen readers call it. */
export interface OrderedRow {
  readonly id: string;
  readonly name: string;
  readonly fixed?: boolean;
  readonly content: unknown;
}

/**
 * Rows that are put in order by dragging, by Alt and the arrow keys, and by buttons. Once `moveRow` and `takeOut` have
 * ended, the rows are expected in their new order; `takeOut` says whether that was done.
 */
export class OrderedList extends AwazElement {
  static override properties = {
    rows: {},
    shown: {},
    name: {},
    moveRow: {},
    takeOut: {},
  };
  declare rows: readonly OrderedRow[];
  /** How many rows are in the document. */
  declare shown: number;
  /** The beginning of the test ids of its parts. */
  declare name: string;
  declare moveRow: (id: string, before: Before) => Promise<void>;
  declare takeOut: (id: string) => Promise<boolean>;

  static override styles = [
    common,
    controls,
    css`
      li {
        position: relative;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.2rem 0.5rem;
        padding-block: 0.35rem;
        border-block-start: 1px solid var(--line);
      }
      li:focus-visible {
        outline-offset: -3px;
      }
      .dragged {
        opacity: 0.35;
      }
      .sortable-fallback {
        background: var(--card);
        box-shadow: var(--raised);
      }
      .handle {
        display: grid;
        place-items: center;
        inline-size: 2rem;
        block-size: 2.75rem;
        color: var(--muted);
        cursor: grab;
        touch-action: none;
      }
      .text {
        min-inline-size: 0;
      }
      .title {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        font-weight: 650;
      }
      .title,
      .by,
      .why {
        overflow-wrap: anywhere;
      }
      .by,
      .why {
        display: block;
        color: var(--muted);
        font-size: var(--text-label);
      }
      time {
        unicode-bidi: isolate;
        color: var(--ink);
        font-variant-numeric: tabular-nums;
      }
      .act {
        display: flex;
      }
      .icon {
        display: grid;
        place-items: center;
        inline-size: 2.25rem;
        block-size: 2.75rem;
        border: 0;
        border-radius: 50%;
        background: none;
        cursor: pointer;
      }
      .icon:hover:enabled {
        background: var(--line);
      }
      .hint {
        margin-block-end: 0.6rem;
      }
      @media (pointer: coarse) {
        .keys {
          display: none;
        }
      }
    `,
  ];

  /** The list whose rows can be dragged, and how that is ended. */
  #draggable: { readonly list: Element; readonly end: () => void } | undefined;
  /** The rows as they were when a drag began: nothing moves under the pointer. */
  #frozen: readonly OrderedRow[] | undefined;
  /** The control that has the focus again after its row has moved: a moved element loses it. */
  #toFocus: (() => HTMLElement | null | undefined) | undefined;
  readonly #moving = new Action(this);

  constructor() {
    super();
    this.rows = [];
    this.shown = Infinity;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#draggable?.end();
    this.#draggable = undefined;
    this.#frozen = undefined;
  }

  override render() {
    const rows = this.#frozen ?? this.rows;
    return html`${
        rows.length
          ? html`<p class="muted hint keys">
              ${msg("Drag, or press Alt with the up and down arrows, to change the order.")}
            </p>`
          : nothing
      }
      <ol>
        ${repeat(
          rows.slice(0, this.shown),
          ({ id }) => id,
          (row, place) => this.#row(row, place),
        )}
      </ol>`;
  }

  #row({ id, name, fixed = false, content }: OrderedRow, place: number): TemplateResult {
    return html`<li
      data-testid="${this.name}-item"
      data-item=${id}
      ?data-fixed=${fixed}
      tabindex="-1"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, id)}
    >
      <span class="handle" title=${fixed ? nothing : msg("Drag to move")}>${fixed ? nothing : handleIcon}</span>
      <div class="text">${content}</div>
      <span class="act">
        ${this.#button("up", upIcon, msg(str`Move up: ${name}`), !stepOf(this.rows, place, -1), () => this.#inTurn(() => this.#step(id, -1, "up")))}
        ${this.#button("down", downIcon, msg(str`Move down: ${name}`), !stepOf(this.rows, place, 1), () => this.#inTurn(() => this.#step(id, 1, "down")))}
        ${this.#button("remove", removeIcon, msg(str`Remove: ${name}`), fixed, () => this.#inTurn(() => this.#remove(id)))}
      </span>
    </li>`;
  }

  #button(name: string, icon: TemplateResult, label: string, isDisabled: boolean, run: () => void): TemplateResult {
    return html`<button
      class="icon"
      data-testid="${this.name}-${name}"
      data-control=${name}
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

  /** Moves rows one after the other: a key pressed during a move counts from the new place of the row. */
  #inTurn(step: () => Promise<void>): void {
    void this.#moving.inTurn(step);
  }

  readonly #onKey = (event: KeyboardEvent, id: string): void => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!event.altKey || !step) return;
    event.preventDefault();
    const control = (event.target as HTMLElement).closest<HTMLElement>("button")?.dataset["control"];
    this.#inTurn(() => this.#step(id, step, control));
  };

  /** Move a row by one; the focus stays on its control. */
  async #step(id: string, step: -1 | 1, control?: string): Promise<void> {
    const place = this.rows.findIndex((each) => each.id === id);
    const target = stepOf(this.rows, place, step);
    // A row that goes below the last one that is shown stays in sight, with the focus.
    if (target && place + step >= this.shown) this.shown = place + step + 1;
    if (target) await this.#move(id, target.before, control);
  }

  async #move(id: string, before: Before, control?: string): Promise<void> {
    const row = this.rows.find((each) => each.id === id);
    if (!row || before === id || before === after(this.rows, id)) return;
    const focus = control === undefined ? undefined : () => this.#control(id, control);
    this.#toFocus = focus;
    await this.moveRow(id, before);
    this.#toFocus = focus;
    this.requestUpdate();
  }

  /** A button of a row, or the other of its pair where that one is disabled. */
  #control(id: string, control: string): HTMLElement | null {
    const row = this.renderRoot.querySelector<HTMLElement>(`[data-item="${id}"]`);
    const wanted = row?.querySelector<HTMLElement>(`[data-control="${control}"]:enabled`);
    return wanted ?? row?.querySelector<HTMLElement>("button:enabled") ?? row ?? null;
  }

  async #remove(id: string): Promise<void> {
    const place = this.rows.findIndex((each) => each.id === id);
    if (!(await this.takeOut(id))) return;
    this.#toFocus = () => {
      const next = (this.rows[place] ?? this.rows[place - 1])?.id;
      return next === undefined ? undefined : this.#control(next, "remove");
    };
    this.requestUpdate();
  }

  #followList(): void {
    const list = this.renderRoot.querySelector<HTMLElement>("ol");
    if (list === (this.#draggable?.list ?? null)) return;
    this.#draggable?.end();
    this.#draggable = list
      ? { list, end: dragRows(list, { start: () => (this.#frozen = this.rows), drop: this.#onDrop }) }
      : undefined;
  }

  readonly #onDrop = (id: string, before: Before): void => {
    const last = this.#frozen?.slice(0, this.shown).at(-1)?.id ?? "";
    this.#frozen = undefined;
    // Below the last row that is shown, there may be others.
    this.#inTurn(() => this.#move(id, before ?? after(this.rows, last)));
    this.requestUpdate();
  };
}

/** Tells where a row is now that it was moved. */
export function movedText(name: string, rows: readonly Pick<OrderedRow, "id">[], moved: string): TemplateResult {
  const place = rows.findIndex(({ id }) => id === moved) + 1;
  return msg(html`${userText(name)} is now number ${numberText(place)}.`);
}

customElements.define("awaz-ordered-list", OrderedList);
