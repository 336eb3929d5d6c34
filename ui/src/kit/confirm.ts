import { AwazElement } from "./element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { Action } from "./action.ts";
import { common, controls } from "./styles.ts";
import { userText } from "./user-text.ts";

/** A button that asks for confirmation before it runs an action, and shows the error if that fails. */
export class Confirm extends AwazElement {
  static override properties = { label: {}, question: {}, toType: {}, run: {}, testId: {}, typed: { state: true } };
  declare label: string;
  declare question: unknown;
  /** The text that must be typed first, for an action that cannot be undone; undefined for none. */
  declare toType: string | undefined;
  declare private typed: string;
  declare run: () => Promise<unknown>;
  declare testId: string;

  static override styles = [
    common,
    controls,
    css`
      p,
      label {
        margin-block-end: 1.1rem;
        text-wrap: pretty;
      }
    `,
  ];

  readonly #action = new Action(this);

  constructor() {
    super();
    this.typed = "";
  }

  override render() {
    return html`<button class="secondary" data-testid=${this.testId} @click=${this.#open}>${this.label}</button>
      <dialog aria-labelledby="question" data-testid="${this.testId}-dialog">
        <p id="question">${this.question}</p>
        ${this.toType === undefined ? nothing : this.#typeField(this.toType)}
        <p class="bad" role="alert" ?hidden=${!this.#action.problem}>${this.#action.problem}</p>
        <div class="form-actions">
          <button
            class="primary danger"
            data-testid="${this.testId}-confirm"
            ?disabled=${this.#action.busy || !this.#isTyped}
            @click=${this.#confirm}
          >
            ${this.label}
          </button>
          <button class="secondary" autofocus @click=${this.#close}>${msg("Go back")}</button>
        </div>
      </dialog>`;
  }

  #typeField(text: string): TemplateResult {
    return html`<label>
      <span>${msg(html`Type ${userText(text)} to confirm`)}</span>
      <input
        dir="auto"
        autocomplete="off"
        data-testid="${this.testId}-name"
        .value=${live(this.typed)}
        @input=${(event: Event) => (this.typed = (event.target as HTMLInputElement).value)}
      />
    </label>`;
  }

  /** Spaces are not seen, and letters with marks may be written in two ways. */
  get #isTyped(): boolean {
    return this.toType === undefined || plain(this.typed) === plain(this.toType);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #open(): void {
    this.#action.clearProblem();
    this.typed = "";
    this.#dialog?.showModal();
  }

  #close(): void {
    this.#dialog?.close();
  }

  async #confirm(): Promise<void> {
    if (await this.#action.run(this.run)) this.#close();
  }
}

function plain(text: string): string {
  return text.normalize("NFC").split(/\s+/u).filter(Boolean).join(" ");
}

customElements.define("awaz-confirm", Confirm);
