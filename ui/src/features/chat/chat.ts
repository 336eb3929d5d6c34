import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { keep, kept } from "../../app/kept.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { menuIcon, pinIcon, removeIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { numberText } from "../../i18n/time.ts";
import type { Chat } from "../../sdk/chat.ts";
import type { ChatMessageView } from "../../wire/schema.ts";
import { Announcements } from "./announcements.ts";
import "./composer.ts";
import type { Composer } from "./composer.ts";
import "./message-list.ts";
import type { MessageAction } from "./message-list.ts";
import { doneWith } from "./done.ts";
import { PageChat } from "./page-chat.ts";
import "./reactions.ts";
import { panelStyle } from "./style.ts";
import { messageText } from "./text.ts";

const READ_KEY = "awaz.chat.read";

/** The chat of the page's station: a panel, or where `sheet` is set a button that opens it over the page. */
export class ChatPanel extends AwazElement {
  static override properties = {
    sheet: { type: Boolean },
    here: { type: Number },
    isOpen: { state: true },
    isRead: { state: true },
    replyTo: { state: true },
    editing: { state: true },
    done: { state: true },
    person: { state: true },
  };
  declare sheet: boolean;
  /** How many people follow the station. */
  declare here: number | undefined;
  declare private isOpen: boolean;
  declare private isRead: boolean;
  declare private replyTo: ChatMessageView | undefined;
  declare private editing: ChatMessageView | undefined;
  declare private done: Done | undefined;
  /** The id of the person whose card is open. */
  declare private person: string | undefined;

  static override styles = [common, controls, panelStyle];

  readonly #place = new PageChat(this, () => this.#reset());
  readonly #loading = new Action(this);
  readonly #acting = new Action(this);
  readonly #announcements = new Announcements(this);
  /** When the newest message was shown that was seen before the sheet was closed. */
  #seenAt: number | undefined;

  constructor() {
    super();
    this.isOpen = false;
    this.isRead = kept(READ_KEY) === "1";
  }

  #reset(): void {
    this.#seenAt = undefined;
    this.replyTo = this.editing = this.done = this.person = undefined;
  }

  protected override updated(): void {
    const place = this.#place.optional;
    if (!place?.chat.state) return;
    this.#announcements.update(place);
    const newest = place.chat.state.messages.at(-1)?.at ?? 0;
    if (!this.sheet || this.isOpen) this.#seenAt = newest;
    else this.#seenAt ??= newest;
  }

  override render() {
    const place = this.#place.optional;
    if (!place?.chat.state) return nothing;
    const announced = html`<p class="announced" role="status">${this.#announcements.text}</p>`;
    if (!this.sheet) return html`${this.#panel()} ${announced}`;
    const unseen = place.chat.state.messages.filter(({ at }) => at > (this.#seenAt ?? Infinity)).length;
    return html`<button class="opener" data-testid="chat-open" aria-expanded=${this.isOpen} @click=${this.#open}>
        <span>${msg("Chat")} ${this.#hereText()}</span>
        ${unseen ? html`<span class="count" data-testid="chat-unseen">${numberText(unseen)}</span>` : nothing}
        ${this.#waitingText()}
      </button>
      ${
        this.isOpen
          ? html`<div
              class="sheet"
              role="dialog"
              aria-label=${msg("Chat")}
              data-testid="chat-sheet"
              @keydown=${this.#onKey}
            >
              ${this.#panel()}
            </div>`
          : nothing
      }
      ${announced}`;
  }

  #panel(): TemplateResult {
    const { chat, userId, name, isStaff } = this.#place.value;
    return html`<section class="panel" aria-label=${msg("Chat")} data-testid="chat">
        <header>
          <h2>${msg("Chat")} ${this.#hereText()}</h2>
          ${this.#menu()}
          ${
            this.sheet
              ? html`<button
                  class="icon"
                  data-testid="chat-close"
                  aria-label=${msg("Close the chat")}
                  @click=${this.#close}
                >
                  ${removeIcon}
                </button>`
              : nothing
          }
        </header>
        <slot name="tools"></slot>
        ${chat.state?.pinned ? this.#pinned(chat.state.pinned) : nothing}
        <awaz-message-list
          .messages=${chat.messages}
          .outgoing=${chat.outgoing}
          .viewerId=${userId}
          .viewerName=${name}
          .isStaff=${isStaff}
          .isRead=${this.isRead}
          .hasEarlier=${chat.hasEarlier}
          .isLoading=${this.#loading.busy}
          @earlier=${() => void this.#loading.run(() => chat.loadEarlier())}
          @message-action=${(event: CustomEvent<{ action: MessageAction; id: string }>) => this.#onAction(event.detail)}
        ></awaz-message-list>
        ${this.#acting.problem ? html`<p class="bad" role="alert">${this.#acting.problem}</p>` : nothing}
        <awaz-reactions></awaz-reactions>
        <slot name="held"></slot>
        <awaz-chat-composer
          .replyTo=${this.replyTo}
          .editing=${this.editing}
          @settled=${() => (this.replyTo = this.editing = undefined)}
          @done=${({ detail }: CustomEvent<Done>) => (this.done = detail)}
        ></awaz-chat-composer>
      </section>
      ${
        this.person === undefined
          ? nothing
          : html`<awaz-person-card
              .person=${this.person}
              @closed=${() => (this.person = undefined)}
            ></awaz-person-card>`
      }
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  /** The count of messages that wait for a moderator, which the closed sheet hides. */
  #waitingText() {
    const { held, reports } = this.#place.value.chat;
    const count = held.length + reports.length;
    if (!count) return nothing;
    return html`<span class="count" data-testid="chat-waiting">${msg(str`${numberText(count)} waiting`)}</span>`;
  }

  #hereText() {
    if (!this.here) return nothing;
    const text = this.here === 1 ? msg("1 here") : msg(str`${numberText(this.here)} here`);
    return html`<span class="here" data-testid="here">${text}</span>`;
  }

  #menu(): TemplateResult {
    return html`<details @erased=${this.#onErased}>
      <summary class="icon" aria-label=${msg("Chat settings")} data-testid="chat-menu">${menuIcon}</summary>
      <div class="menu">
        <label class="check">
          <input
            type="checkbox"
            data-testid="read-messages"
            .checked=${this.isRead}
            @change=${({ target }: Event) => this.#setRead((target as HTMLInputElement).checked)}
          />
          ${msg("Screen readers read new messages")}
        </label>
        <slot name="menu"></slot>
      </div>
    </details>`;
  }

  #pinned(message: ChatMessageView): TemplateResult {
    return html`<div class="pinned" data-testid="pinned">
      ${pinIcon}
      <p>${userText(message.user.name)}: ${messageText(message.text)}</p>
      ${
        this.#place.value.isStaff
          ? html`<button
              class="icon"
              aria-label=${msg("Unpin")}
              data-testid="unpin"
              @click=${() => this.#moderate(msg("Unpinned."), { action: "unpin" })}
            >
              ${removeIcon}
            </button>`
          : nothing
      }
    </div>`;
  }

  #onAction({ action, id }: { action: MessageAction; id: string }): void {
    const { chat } = this.#place.value;
    if (action === "retry") void this.#acting.inTurn(() => chat.retry(id));
    else if (action === "discard") void this.#acting.inTurn(() => chat.discard(id));
    const message = chat.messages.find((each) => each.id === id);
    if (message) this.#onMessage(action, message);
  }

  #onMessage(action: MessageAction, message: ChatMessageView): void {
    const { chat, userId } = this.#place.value;
    const { id, user } = message;
    if (action === "reply") this.#compose({ replyTo: message });
    else if (action === "person") this.person = user.id;
    else if (action === "report") void this.#acting.inTurn(() => this.#report(id));
    else if (action === "edit") this.#compose({ editing: message });
    else if (action === "delete" && user.id === userId) void this.#acting.inTurn(() => chat.delete(id));
    else this.#moderateMessage(action, message);
  }

  async #report(id: string): Promise<void> {
    await this.#place.value.chat.report(id);
    this.done = { text: msg("Reported. The station’s team will look at it.") };
  }

  #moderateMessage(action: MessageAction, { id, user: { id: user, name } }: ChatMessageView): void {
    const timeout = (seconds: number, text: string) => this.#moderate(text, { action: "timeout", user, seconds });
    if (action === "delete") this.#moderate(msg("Deleted."), { action, message: id });
    else if (action === "delete_all") this.#moderate(msg(str`All messages of ${name} are deleted.`), { action, user });
    else if (action === "pin") this.#moderate(msg("Pinned."), { action, message: id });
    else if (action === "minute") timeout(60, msg(str`${name} can’t write for a minute.`));
    else if (action === "timeout") timeout(600, msg(str`${name} can’t write for 10 minutes.`));
    else if (action === "ban") this.#moderate(msg(str`${name} is banned.`), { action, user });
  }

  #compose({ replyTo, editing }: { replyTo?: ChatMessageView; editing?: ChatMessageView }): void {
    this.replyTo = replyTo;
    this.editing = editing;
    void this.updateComplete.then(() => this.renderRoot.querySelector<Composer>("awaz-chat-composer")?.focus());
  }

  #moderate(text: string, asked: Parameters<Chat["moderate"]>[0]): void {
    const { chat } = this.#place.value;
    void this.#acting.inTurn(async () => {
      this.done = doneWith(chat, text, await chat.moderate(asked));
    });
  }

  readonly #onErased = ({ currentTarget }: Event): void => {
    (currentTarget as HTMLDetailsElement).open = false;
    this.done = { text: msg("Your data is deleted.") };
  };

  #setRead(isRead: boolean): void {
    this.isRead = isRead;
    keep(READ_KEY, isRead ? "1" : "");
  }

  readonly #open = (): void => {
    this.isOpen = !this.isOpen;
    if (this.isOpen) {
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector<HTMLElement>("[data-testid=chat-close]")?.focus(),
      );
    }
  };

  readonly #close = (): void => {
    this.isOpen = false;
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(".opener")?.focus());
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.#close();
  };
}

customElements.define("awaz-chat", ChatPanel);
