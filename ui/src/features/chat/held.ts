import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { chatContext, FromPage } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { numberText } from "../../i18n/time.ts";
import type { ChatMessageView } from "../../wire/schema.ts";
import { messageText } from "./text.ts";

/** The messages that wait for a moderator; nothing while there are none. */
export class HeldMessages extends AwazElement {
  static override properties = { done: { state: true } };
  declare private done: Done | undefined;

  static override styles = [
    common,
    controls,
    css`
      section {
        max-block-size: 14rem;
        padding: 0.5rem 1rem;
        border-block-start: 1px solid var(--line);
        background: color-mix(in oklab, var(--marigold) 12%, var(--card));
        overflow: auto;
      }
      h3 {
        font-size: var(--text-small);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.3rem 0.6rem;
        padding-block: 0.35rem;
        overflow-wrap: anywhere;
      }
      p {
        flex: 1 1 10rem;
        min-inline-size: 0;
        font-size: var(--text-small);
      }
      .secondary {
        min-block-size: 2.2rem;
        font-size: var(--text-label);
      }
    `,
  ];

  readonly #place = new FromPage(this, chatContext);
  readonly #action = new Action(this);
  #unsubscribe: (() => void) | undefined;
  #slug: string | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
    this.#slug = undefined;
  }

  protected override willUpdate(): void {
    const place = this.#place.optional;
    if (!place || place.slug === this.#slug) return;
    this.#slug = place.slug;
    this.#unsubscribe?.();
    this.#unsubscribe = place.chat.subscribe(() => this.requestUpdate());
    void this.#action.run(() => place.chat.loadHeld());
  }

  override render() {
    const held = this.#place.optional?.chat.held ?? [];
    return html`${
        held.length
          ? html`<section aria-labelledby="held" data-testid="held">
              <h3 id="held" role="status">${msg("Waiting for you")} (${numberText(held.length)})</h3>
              <ul>
                ${repeat(
                  held,
                  ({ id }) => id,
                  (message) => this.#message(message),
                )}
              </ul>
            </section>`
          : nothing
      }
      ${this.#action.problem ? html`<p class="bad" role="alert">${this.#action.problem}</p>` : nothing}
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  #message(message: ChatMessageView): TemplateResult {
    return html`<li data-testid="held-message">
      <p>${userText(message.user.name)}: ${messageText(message.text)}</p>
      <button class="secondary" data-testid="approve" @click=${() => this.#settle(message, "approve", msg("Shown."))}>
        ${msg("Show")}
      </button>
      <button class="secondary" data-testid="deny" @click=${() => this.#settle(message, "deny", msg("Not shown."))}>
        ${msg("Don’t show")}
      </button>
    </li>`;
  }

  #settle({ id }: ChatMessageView, action: "approve" | "deny", text: string): void {
    const { chat } = this.#place.value;
    void this.#action.run(async () => {
      const undo = await chat.moderate({ action, message: id });
      this.done = { text, ...(undo !== undefined && { undo: () => chat.moderate({ action: "undo", undo }) }) };
    });
  }
}

customElements.define("awaz-held-messages", HeldMessages);
