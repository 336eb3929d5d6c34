import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { numberText } from "../../i18n/time.ts";
import type { ChatMessageView, ReportView } from "../../wire/schema.ts";
import { doneWith } from "./done.ts";
import { PageChat } from "./page-chat.ts";
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

  readonly #place = new PageChat(this, (place) => {
    if (place) void this.#action.inTurn(() => place.chat.loadHeld());
  });
  readonly #action = new Action(this);

  override render() {
    const { held = [], reports = [] } = this.#place.optional?.chat ?? {};
    return html`${this.#reported(reports)}
      ${
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

  #reported(reports: readonly ReportView[]): TemplateResult | typeof nothing {
    if (!reports.length) return nothing;
    return html`<section aria-labelledby="reported" data-testid="reported">
      <h3 id="reported" role="status">${msg("Reported by listeners")} (${numberText(reports.length)})</h3>
      <ul>
        ${repeat(
          reports,
          ({ message }) => message.id,
          ({ message, reasons }) =>
            html`<li data-testid="report">
              <p>
                ${userText(message.user.name)}: ${messageText(message.text)}
                ${reasons.length ? html`<em>${userText(reasons.join(" · "))}</em>` : nothing}
              </p>
              <button class="secondary" data-testid="delete-reported" @click=${() => this.#remove(message)}>
                ${msg("Delete")}
              </button>
              <button class="secondary" data-testid="dismiss" @click=${() => this.#dismiss(message)}>
                ${msg("Leave it")}
              </button>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  #remove({ id }: ChatMessageView): void {
    this.#run(msg("Deleted."), () => this.#place.value.chat.moderate({ action: "delete", message: id }));
  }

  #dismiss({ id }: ChatMessageView): void {
    this.#run(msg("Left as it is."), () => this.#place.value.chat.dismiss(id));
  }

  #run(text: string, action: () => Promise<string | undefined>): void {
    const { chat } = this.#place.value;
    void this.#action.inTurn(async () => {
      this.done = doneWith(chat, text, await action());
    });
  }

  #settle({ id }: ChatMessageView, action: "approve" | "deny", text: string): void {
    this.#run(text, () => this.#place.value.chat.moderate({ action, message: id }));
  }
}

customElements.define("awaz-held-messages", HeldMessages);
