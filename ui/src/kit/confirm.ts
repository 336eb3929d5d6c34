import { AwazElement } from "./element.ts";
import { msg } from "@lit/localize";
import { css, html } from "lit";
import { Action } from "./action.ts";
import { common, controls } from "./styles.ts";

/** A button that asks for confirmation before it runs an action, and shows the error if that fails. */
export class Confirm extends AwazElement {
  static override properties = { label: {}, question: {}, run: {}, testId: {} };
  declare label: string;
  declare question: unknown;
  declare run: () => Promise<unknown>;
  declare testId: string;

  static override styles = [
    common,
    controls,
    css`
      p {
        margin-block-end: 1.1rem;
        text-wrap: pretty;
      }
    `,
  ];

  readonly #action = new Action(this);

  override render() {
    return html`<button class="secondary" data-testid=${this.testId} @click=${this.#open}>${this.label}</button>
      <dialog aria-labelledby="question" data-testid="${this.testId}-dialog">
        <p id="question">${this.question}</p>
        <p class="bad" role="alert" ?hidden=${!this.#action.problem}>${this.#action.problem}</p>
        <div class="form-actions">
          <button
            class="primary danger"
            data-testid="${this.testId}-confirm"
            ?disabled=${this.#action.busy}
            @click=${this.#confirm}
          >
            ${this.label}
          </button>
          <button class="secondary" autofocus @click=${this.#close}>${msg("Go back")}</button>
        </div>
      </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #open(): void {
    this.#action.clearProblem();
    this.#dialog?.showModal();
  }

  #close(): void {
    this.#dialog?.close();
  }

  async #confirm(): Promise<void> {
    if (await this.#action.run(this.run)) this.#close();
  }
}

customElements.define("awaz-confirm", Confirm);
