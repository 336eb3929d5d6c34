import { msg, str } from "@lit/localize";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";
import { AwazElement } from "../../kit/element.ts";
import { menuIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { dayText, timeOfDay } from "../../i18n/time.ts";
import type { Outgoing } from "../../sdk/chat.ts";
import type { ChatMessageView, ChatRole } from "../../wire/schema.ts";
import { itemsOf, mentions, type ListItem } from "./lines.ts";
import { listStyle } from "./list-style.ts";
import { messageText } from "./text.ts";

/** So near to its end, a list follows what comes. */
const AT_END_PX = 70;

/** What can be done with a message. */
export type MessageAction =
  | "reply"
  | "edit"
  | "report"
  | "person"
  | "delete"
  | "delete_all"
  | "pin"
  | "minute"
  | "timeout"
  | "ban"
  | "retry"
  | "discard";

/** The messages of a chat. It follows the newest while its end is in view. */
export class MessageList extends AwazElement {
  static override properties = {
    messages: {},
    outgoing: {},
    viewerId: {},
    viewerName: {},
    isStaff: { type: Boolean },
    isRead: { type: Boolean },
    hasEarlier: { type: Boolean },
    isLoading: { type: Boolean },
    selected: { state: true },
    missed: { state: true },
  };
  declare messages: readonly ChatMessageView[];
  declare outgoing: readonly Outgoing[];
  declare viewerId: string | undefined;
  declare viewerName: string | undefined;
  declare isStaff: boolean;
  /** Whether screen readers read new messages. */
  declare isRead: boolean;
  declare hasEarlier: boolean;
  declare isLoading: boolean;
  /** The message whose actions are shown, on devices that cannot point at one. */
  declare private selected: string | undefined;
  /** How many came while the end was out of view. */
  declare private missed: number;

  static override styles = [common, controls, listStyle];

  #isAtEnd = true;
  #scrollTop = 0;
  /** Lines become higher when their typefaces are there. */
  readonly #resized = new ResizeObserver(() => {
    if (this.#isAtEnd) this.#toEnd();
  });

  constructor() {
    super();
    this.messages = [];
    this.outgoing = [];
    this.missed = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("messages");
    if (this.#isAtEnd || !before) return;
    const newest = before.at(-1)?.at ?? 0;
    this.missed += this.messages.filter(({ at, user }) => at > newest && user.id !== this.viewerId).length;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const wrote = this.outgoing.length > (changed.get("outgoing")?.length ?? this.outgoing.length);
    if (this.#isAtEnd || wrote) this.#toEnd();
    for (const each of this.renderRoot.querySelectorAll("ol, .scroll")) this.#resized.observe(each);
  }

  override render() {
    const items = itemsOf(this.messages);
    const isEmpty = !items.length && !this.outgoing.length;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${msg("Messages")} @scroll=${this.#onScroll}>
        ${
          this.hasEarlier
            ? html`<button
                class="secondary earlier"
                data-testid="earlier"
                ?disabled=${this.isLoading}
                @click=${this.#onEarlier}
              >
                ${msg("Show earlier messages")}
              </button>`
            : nothing
        }
        ${isEmpty ? html`<p class="empty" data-testid="no-messages">${msg("Nobody has written yet. Say hello!")}</p>` : nothing}
        <div role="log" aria-live=${this.isRead ? "polite" : "off"} aria-label=${msg("Chat")}>
          <ol data-testid="messages">
            ${repeat(items, keyOf, (item) => (item.day === undefined ? this.#message(item.message, item.first) : this.#day(item.day)))}
            ${repeat(
              this.outgoing,
              ({ client_id }) => client_id,
              (line) => this.#unsent(line),
            )}
          </ol>
        </div>
      </div>
      ${
        this.missed
          ? html`<button class="new" data-testid="new-messages" @click=${this.#showNewest}>
              ${this.missed === 1 ? msg("1 new message") : msg(str`${this.missed} new messages`)}
            </button>`
          : nothing
      }`;
  }

  #day(at: number): TemplateResult {
    return html`<li class="day" data-testid="day">${dayText(at)}</li>`;
  }

  #message(message: ChatMessageView, first: boolean): TemplateResult {
    const { id, user, text, at, edited, announcement, reply_to } = message;
    const isMention = user.id !== this.viewerId && mentions(text, this.viewerName);
    const classes = ["message", first && "first", announcement && "announcement", isMention && "mention"];
    if (this.selected === id) classes.push("selected");
    return html`<li class=${classes.filter(Boolean).join(" ")} data-testid="message" data-id=${id}>
      ${
        first || announcement
          ? html`${this.#name(message)} ${roleMark(user.role)}
              <time datetime=${new Date(at).toISOString()}>${timeOfDay(at)}</time>`
          : nothing
      }
      ${reply_to === undefined ? nothing : this.#answered(reply_to)}
      <div>${keyed(text, messageText(text))}${edited ? html`<span class="mark">${msg("edited")}</span>` : nothing}</div>
      <button
        class="more"
        data-testid="more"
        aria-expanded=${this.selected === id}
        aria-label=${msg(str`Actions on the message of ${user.name}`)}
        @click=${() => this.#select(id)}
      >
        ${menuIcon}
      </button>
      ${this.#actions(message)}
    </li>`;
  }

  /** For moderators, a way to who that is. */
  #name({ id, user }: ChatMessageView): TemplateResult {
    const name = userText(user.name);
    if (!this.isStaff) return html`<span class="name">${name}</span>`;
    return html`<button class="name" data-testid="person-of" @click=${(event: Event) => this.#act(event, "person", id)}>
      ${name}
    </button>`;
  }

  #answered(id: string): TemplateResult {
    const answered = this.messages.find((message) => message.id === id);
    return html`<p class="answered">
      ${answered ? html`${userText(answered.user.name)}: ${userText(answered.text)}` : msg("An earlier message")}
    </p>`;
  }

  #actions(message: ChatMessageView): TemplateResult {
    const isOwn = message.user.id === this.viewerId;
    const isGuarded = ["owner", "admin"].includes(message.user.role);
    const own: [MessageAction, string][] = [
      ["edit", msg("Edit")],
      ["delete", msg("Delete")],
    ];
    const ofPerson: [MessageAction, string][] = [
      ["delete_all", msg("Delete all")],
      ["minute", msg("1 min")],
      ["timeout", msg("10 min")],
      ["ban", msg("Ban")],
    ];
    const ofStaff: [MessageAction, string][] = [
      ["pin", msg("Pin")],
      ["delete", msg("Delete")],
      ...(isGuarded ? [] : ofPerson),
    ];
    const others: [MessageAction, string][] = [
      ["reply", msg("Reply")],
      ...(this.isStaff ? ofStaff : ([["report", msg("Report")]] as [MessageAction, string][])),
    ];
    return html`<div class="actions">
      ${(isOwn ? own : others).map(([action, text]) => this.#button(action, text, message))}
    </div>`;
  }

  #button(action: MessageAction, text: string, message: ChatMessageView): TemplateResult {
    const { name } = message.user;
    const isTimeout = action === "minute" || action === "timeout";
    const label = isTimeout ? msg(str`${text} timeout: ${name}`) : `${text}: ${name}`;
    return html`<button
      data-testid=${action}
      aria-label=${label}
      @click=${(event: Event) => this.#act(event, action, message.id)}
    >
      ${text}
    </button>`;
  }

  #unsent({ client_id, text, status }: Outgoing): TemplateResult {
    const texts = {
      sending: msg("Sending…"),
      waiting: msg("Waiting for a connection…"),
      held: msg("Waiting for a moderator’s approval."),
      failed: msg("Not sent."),
    };
    return html`<li class="unsent ${status}" data-testid="unsent" data-status=${status}>
      <div>${messageText(text)}</div>
      <span class=${status === "failed" ? "bad" : "mark"} role="status">${texts[status]}</span>
      ${
        status === "failed" || status === "held"
          ? html`<div class="actions">
              ${
                status === "failed"
                  ? html`<button data-testid="retry" @click=${(event: Event) => this.#act(event, "retry", client_id)}>
                      ${msg("Try again")}
                    </button>`
                  : nothing
              }
              <button data-testid="discard" @click=${(event: Event) => this.#act(event, "discard", client_id)}>
                ${msg("Discard")}
              </button>
            </div>`
          : nothing
      }
    </li>`;
  }

  #act(event: Event, action: MessageAction, id: string): void {
    event.stopPropagation();
    this.selected = undefined;
    this.dispatchEvent(new CustomEvent("message-action", { detail: { action, id } }));
  }

  #select(id: string): void {
    this.selected = this.selected === id ? undefined : id;
  }

  readonly #onEarlier = (): void => {
    this.dispatchEvent(new CustomEvent("earlier"));
  };

  readonly #onScroll = ({ currentTarget }: Event): void => {
    const { scrollHeight, scrollTop, clientHeight } = currentTarget as HTMLElement;
    const isNear = scrollHeight - scrollTop - clientHeight < AT_END_PX;
    // Away from the end is who has scrolled up, and not a list that has grown.
    if (isNear) this.#isAtEnd = true;
    else if (scrollTop < this.#scrollTop) this.#isAtEnd = false;
    this.#scrollTop = scrollTop;
    if (this.#isAtEnd) this.missed = 0;
  };

  readonly #showNewest = (): void => {
    this.missed = 0;
    this.#toEnd();
    this.renderRoot.querySelector<HTMLElement>(".scroll")?.focus();
  };

  #toEnd(): void {
    const scroll = this.renderRoot.querySelector(".scroll");
    if (scroll) scroll.scrollTop = scroll.scrollHeight;
  }
}

function keyOf(item: ListItem): string {
  return item.day === undefined ? item.message.id : `day-${item.day}`;
}

function roleMark(role: ChatRole): TemplateResult | typeof nothing {
  const texts: Partial<Record<ChatRole, string>> = {
    owner: msg("Owner"),
    host: msg("Host"),
    moderator: msg("Moderator"),
    admin: msg("Admin"),
  };
  const text = texts[role];
  return text === undefined ? nothing : html`<span class="role" data-testid="role">${text}</span>`;
}

customElements.define("awaz-message-list", MessageList);
