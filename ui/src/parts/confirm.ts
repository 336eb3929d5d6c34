import { LitElement, css, html } from "lit";
import { common, controls } from "./styles.ts";
import { Work } from "./work.ts";

/** A button for what cannot be taken back: asks first, and says so when it did not work. */
export class Confirm extends LitElement {
  static override properties = { label: {}, question: {}, action: {}, hook: {} };
  declare label: string;
  declare question: unknown;
  declare action: () => Promise<unknown>;
  /** Its name for tests. */
  declare hook: string;

  static override styles = [
    common,
    controls,
    css`
      p {
        margin-block-end: 1.1rem;
        text-wrap: pretty;
      }
      .sure {
        background: var(--madder);
        color: #fff;
      }
    `,
  ];

  readonly #work = new Work(this);

  override render() {
    return html`<button class="plain" data-testid=${this.hook} @click=${this.#ask}>${this.label}</button>
      <dialog aria-labelledby="question" data-testid="${this.hook}-dialog">
        <p id="question">${this.question}</p>
        <p class="bad" role="alert" ?hidden=${!this.#work.problem}>${this.#work.problem}</p>
        <div class="end">
          <button class="main sure" data-testid="${this.hook}-sure" ?disabled=${this.#work.busy} @click=${this.#do}>
            ${this.label}
          </button>
          <button class="plain" autofocus @click=${this.#close}>Cancel</button>
        </div>
      </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #ask(): void {
    this.#work.forget();
    this.#dialog?.showModal();
  }

  #close(): void {
    this.#dialog?.close();
  }

  async #do(): Promise<void> {
    if (await this.#work.run(this.action)) this.#close();
  }
}

customElements.define("awaz-confirm", Confirm);
