import { AwazElement } from "./element.ts";
import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { copyText } from "./clipboard.ts";
import { copyIcon, checkIcon } from "./icons.ts";
import { common } from "./styles.ts";

/** A labelled value with a copy button; a long one, such as a command, stands below its label. */
export class Copyable extends AwazElement {
  static override properties = { label: {}, value: {}, copied: { state: true } };
  declare label: string;
  declare value: string;
  /** Whether the last try worked, for as long as that is said; undefined before. */
  declare copied: boolean | undefined;

  static override styles = [
    common,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(6.5rem, min(34%, 11rem)) 1fr auto;
        align-items: center;
        gap: 0 0.75rem;
        min-block-size: 2.9rem;
        border-block-start: 1px solid var(--line);
      }
      @media (width <= 30rem) {
        :host {
          grid-template-columns: 1fr auto;
          padding-block: 0.45rem;
        }
        .label {
          grid-column: 1;
        }
        code {
          grid-row: 2;
        }
        :host(:not([long])) button {
          grid-area: 1 / 2 / 3;
        }
      }
      .label {
        color: var(--muted);
        font-size: var(--text-small);
      }
      code {
        font:
          var(--text-small) / 1.4 ui-monospace,
          "Cascadia Mono",
          Menlo,
          "DejaVu Sans Mono",
          monospace;
        padding-block: 0.3rem;
        overflow-wrap: anywhere;
        user-select: all;
      }
      :host([long]) {
        grid-template-columns: 1fr auto;
        padding-block-end: 0.45rem;
      }
      :host([long]) code {
        grid-area: 2 / 1 / auto / -1;
        direction: ltr;
      }
      button {
        display: grid;
        place-items: center;
        inline-size: 2.75rem;
        block-size: 2.75rem;
        padding: 0;
        border: 0;
        border-radius: var(--radius-field);
        background: none;
        color: var(--link);
        cursor: pointer;
      }
      button:hover {
        background: var(--line);
      }
      p {
        grid-column: 1 / -1;
        color: var(--bad);
        font-size: var(--text-small);
      }
    `,
  ];

  override render() {
    return html`<span class="label">${this.label}</span><code><bdo dir="ltr">${this.value}</bdo></code>
      <button
        aria-label=${this.copied ? msg(str`${this.label} copied`) : msg(str`Copy ${this.label}`)}
        @click=${this.#copy}
      >
        ${this.copied ? checkIcon : copyIcon}
      </button>
      <p role="alert">
        ${this.copied === false ? msg("Couldn’t copy. Select the text and copy it manually.") : nothing}
      </p>`;
  }

  async #copy(): Promise<void> {
    this.copied = await copyText(this.value);
    if (this.copied) setTimeout(() => (this.copied = undefined), 2_000);
  }
}

customElements.define("awaz-copyable", Copyable);
