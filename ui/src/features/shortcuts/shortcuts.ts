import { msg } from "@lit/localize";
import { css, html } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { lettersAreOn, setLetters, shortcutOf, type Shortcut } from "./keys.ts";

/** Keyboard shortcuts for the whole document, and the dialog that lists them. */
export class Shortcuts extends AwazElement {
  static override properties = { run: {}, letters: { state: true } };
  /** Does what a key asks for; returns whether there was anything to do. */
  declare run: (shortcut: Exclude<Shortcut, "help">) => boolean;
  declare letters: boolean;

  static override styles = [
    common,
    controls,
    css`
      :host {
        display: contents;
      }
      .link {
        min-block-size: 2.75rem;
        padding: 0;
        border: 0;
        background: none;
        color: var(--muted);
        font: inherit;
        text-decoration: underline;
        cursor: pointer;
      }

      /* Without a keyboard there is nothing to press. */
      @media (hover: none) and (pointer: coarse) {
        .link {
          display: none;
        }
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 0.6rem 1.2rem;
        margin-block: 1rem;
      }
      kbd {
        display: inline-block;
        min-inline-size: 1.9rem;
        padding: 0.1rem 0.5rem;
        border: 1.5px solid var(--field);
        border-radius: var(--radius-field);
        font: inherit;
        text-align: center;
      }
      label {
        display: flex;
        gap: 0.6rem;
        align-items: center;
        margin-block-end: 1.2rem;
        font-weight: 400;
      }
      input {
        inline-size: 1.25rem;
        min-block-size: 1.25rem;
      }
    `,
  ];

  constructor() {
    super();
    this.letters = lettersAreOn();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener("keydown", this.#onKey);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
  }

  override render() {
    return html`<button class="link" data-testid="shortcuts" @click=${this.#open}>${msg("Keyboard shortcuts")}</button>
      <dialog aria-labelledby="title" data-testid="shortcuts-dialog">
        <h2 id="title">${msg("Keyboard shortcuts")}</h2>
        <dl>
          ${this.#row([msg("Space"), "K"], msg("Play or pause"))} ${this.#row(["M"], msg("Mute"))}
          ${this.#row(["S"], msg("Copy the station’s link"))} ${this.#row(["?"], msg("Show this list"))}
        </dl>
        <label>
          <input
            type="checkbox"
            data-testid="letters"
            .checked=${this.letters}
            @change=${(event: Event) => this.#setLetters((event.target as HTMLInputElement).checked)}
          />
          ${msg("Use single letters as shortcuts")}
        </label>
        <button class="secondary" autofocus @click=${() => this.#dialog?.close()}>${msg("Close")}</button>
      </dialog>`;
  }

  #row(keys: readonly string[], text: string) {
    return html`<dt>${keys.map((key) => html`<kbd>${key}</kbd> `)}</dt>
      <dd>${text}</dd>`;
  }

  #setLetters(on: boolean): void {
    this.letters = on;
    setLetters(on);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const target = event.composedPath()[0];
    const shortcut = shortcutOf(event, target instanceof Element ? target : undefined, this.letters);
    if (shortcut === undefined || this.#dialog?.open) return;
    if (shortcut === "help") this.#open();
    else if (!this.run(shortcut)) return;
    event.preventDefault();
  };

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #open(): void {
    this.#dialog?.showModal();
  }
}

customElements.define("awaz-shortcuts", Shortcuts);
