import { msg } from "@lit/localize";
import { css, html, nothing, type PropertyValues } from "lit";
import { Action } from "./action.ts";
import { AwazElement } from "./element.ts";
import { common, controls } from "./styles.ts";

/** Something that was done, and how to take it back; without `undo`, it is only told. */
export interface Done {
  readonly text: unknown;
  readonly undo?: () => Promise<unknown>;
}

/** How long it can be taken back. */
const SHOWN_MS = 5_000;

/** Tells what was done, and offers to take it back for five seconds: longer while it is pointed at or has the focus. */
export class Undo extends AwazElement {
  static override properties = { done: {}, shown: { state: true } };
  declare done: Done | undefined;
  declare private shown: Done | undefined;

  static override styles = [
    common,
    controls,
    css`
      .done {
        position: fixed;
        z-index: 9;
        inset-block-end: max(1.25rem, env(safe-area-inset-bottom));
        inset-inline: 0;
        inline-size: fit-content;
        max-inline-size: min(36rem, 100% - 2rem);
        margin-inline: auto;
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem 1rem;
        padding: 0.5rem 1.1rem;
        border-radius: var(--radius-row);
        background: var(--ink);
        color: var(--page);
        font-size: var(--text-small);
        box-shadow: 0 8px 30px var(--shadow);
      }
      p {
        flex: 1 1 auto;
        padding-block: 0.4rem;
      }
      .secondary {
        border-color: currentcolor;
        font-weight: 700;
      }
    `,
  ];

  readonly #action = new Action(this);
  /** The element that had the focus when the action was done. */
  #before: HTMLElement | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("done")) return;
    this.#action.clearProblem();
    this.shown = this.done;
    this.#before = focused();
    this.#count();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    // Screen readers read what comes into a region that is there already.
    return html`<div role="status" data-testid="done">
      ${
        this.shown
          ? html`<div
              class="done"
              @pointerenter=${this.#hold}
              @pointerleave=${this.#release}
              @focusin=${this.#hold}
              @focusout=${this.#release}
            >
              <p>${this.#action.problem || this.shown.text}</p>
              ${this.shown.undo ? this.#button(this.shown.undo) : nothing}
            </div>`
          : nothing
      }
    </div>`;
  }

  #button(undo: () => Promise<unknown>) {
    return html`<button
      class="secondary"
      data-testid="undo"
      ?disabled=${this.#action.busy}
      @click=${() => this.#undo(undo)}
    >
      ${msg("Undo")}
    </button>`;
  }

  readonly #hold = (): void => clearTimeout(this.#timer);

  readonly #release = ({ currentTarget }: Event): void => {
    if (!(currentTarget as HTMLElement).matches(":hover, :focus-within")) this.#count();
  };

  readonly #count = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.shown = undefined), SHOWN_MS);
  };

  async #undo(undo: () => Promise<unknown>): Promise<void> {
    if (!(await this.#action.run(undo))) {
      this.#count();
      return;
    }
    this.shown = undefined;
    // The button goes, and the focus would go with it.
    const isFocusHere = document.activeElement === document.body || this.matches(":focus-within");
    if (isFocusHere && this.#before?.isConnected) this.#before.focus();
  }
}

/** The element that has the focus, however deep it is. */
function focused(): HTMLElement | undefined {
  let element = document.activeElement;
  while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  return element instanceof HTMLElement ? element : undefined;
}

customElements.define("awaz-undo", Undo);
