import { msg, str } from "@lit/localize";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { keep, kept } from "../../app/kept.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { errorText } from "../../i18n/problems.ts";
import { clockText } from "../../i18n/time.ts";
import { AwazError } from "../../sdk/errors.ts";
import type { ChatMessageView } from "../../wire/schema.ts";
import { characters, MAX_CHARACTERS } from "./characters.ts";
import { doneWith } from "./done.ts";
import { PageChat } from "./page-chat.ts";

const NAMED_KEY = "awaz.chat.named";
/** From here on, the count of characters is shown. */
const COUNTED_FROM = MAX_CHARACTERS - 100;

/** Where a message is written; what is written is kept until it was sent. */
export class Composer extends AwazElement {
  static override properties = {
    replyTo: {},
    editing: {},
    text: { state: true },
    problem: { state: true },
    reply: { state: true },
    isNaming: { state: true },
    isAnnouncement: { state: true },
  };
  declare replyTo: ChatMessageView | undefined;
  declare editing: ChatMessageView | undefined;
  declare private text: string;
  declare private problem: string;
  /** What a command has said. */
  declare private reply: string;
  declare private isNaming: boolean;
  /** Whether the next message is an announcement. */
  declare private isAnnouncement: boolean;

  static override styles = [
    common,
    controls,
    css`
      :host {
        padding: 0.6rem 0.75rem 0.75rem;
        border-block-start: 1px solid var(--line);
      }
      form {
        grid-template-columns: minmax(0, 1fr);
        gap: 0.4rem;
      }
      .row {
        display: flex;
        gap: 0.5rem;
        align-items: end;
      }
      textarea {
        field-sizing: content;
        min-block-size: 2.75rem;
        max-block-size: 8rem;
        resize: none;
      }
      .primary {
        flex: none;
        min-block-size: 2.75rem;
        padding-inline: 1rem;
      }
      .note {
        display: flex;
        gap: 0.5rem;
        align-items: baseline;
        color: var(--muted);
        font-size: var(--text-label);
      }
      .note > span:first-child {
        flex: 1;
        min-inline-size: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .link {
        min-block-size: 1.5rem;
        padding: 0;
        border: 0;
        background: none;
        color: var(--link);
        text-decoration: underline;
        cursor: pointer;
      }
      .bad {
        color: var(--bad);
        font-size: var(--text-small);
      }
      .hints > span:first-child {
        white-space: normal;
      }
      .reply {
        max-block-size: 9rem;
        overflow: auto;
        white-space: pre-line;
        font-size: var(--text-small);
      }
      .over {
        color: var(--bad);
      }
    `,
  ];

  readonly #place = new PageChat(this, (place) => {
    if (place) this.text = kept(draftKey(place.slug)) ?? "";
  });
  /** Whether a message waits for a name. */
  #isAsked = false;
  /** The server time until which the server wants no message. */
  #closedUntil = 0;

  constructor() {
    super();
    this.text = "";
    this.problem = "";
    this.reply = "";
    this.isNaming = this.isAnnouncement = false;
    new PeriodicUpdate(this, 1_000);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("editing") && this.editing) this.text = this.editing.text;
  }

  override render() {
    const { chat, isStaff, userId, rename } = this.#place.value;
    const who = chat.state?.mode.who ?? "everybody";
    if (who === "moderators" && !isStaff)
      return html`<p class="note">${msg("Only the station’s team can write now.")}</p>`;
    if (who === "members" && !isStaff && userId?.startsWith("guest:")) {
      return html`<p class="note" data-testid="members-only">${msg("Only people with an account can write now.")}</p>`;
    }
    if (this.isNaming && rename) return this.#nameForm(rename);
    const count = characters(this.text);
    const waitS = this.#waitS;
    return html`<form @submit=${this.#onSubmit}>
      ${this.#about()}
      <div class="row">
        <textarea
          dir="auto"
          rows="1"
          data-testid="composer"
          enterkeyhint="send"
          aria-label=${msg("Message")}
          aria-invalid=${count > MAX_CHARACTERS}
          placeholder=${msg("Say something…")}
          .value=${live(this.text)}
          @input=${this.#onInput}
          @keydown=${this.#onKey}
        ></textarea>
        <button class="primary" data-testid="send" ?disabled=${!count || count > MAX_CHARACTERS || waitS > 0}>
          ${waitS > 0 ? waitS : this.editing ? msg("Save") : msg("Send")}
        </button>
      </div>
      <p class="bad" role="alert" data-testid="composer-problem">${this.problem}</p>
      <p class="reply" role="status" data-testid="command-reply" dir="auto">${this.reply}</p>
      ${this.#hints(count)}
    </form>`;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>("textarea, input")?.focus();
  }

  #about(): TemplateResult | typeof nothing {
    const about = this.editing ?? this.replyTo;
    if (!about) return nothing;
    return html`<p class="note">
      <span>
        ${this.editing ? msg("Editing your message") : html`${msg("Reply to")} ${userText(about.user.name)}`}
      </span>
      <button type="button" class="link" data-testid="cancel" @click=${this.#onCancel}>${msg("Cancel")}</button>
    </p>`;
  }

  #hints(count: number): TemplateResult {
    const { name, rename, chat, isStaff } = this.#place.value;
    const slow = chat.state?.mode.slow_s ?? 0;
    return html`<p class="note hints">
      <span>
        ${slow ? msg(str`Slow mode: one message every ${slow} seconds.`) : nothing}
        ${rename && name ? html`${msg("You write as")} ${userText(name)}` : nothing}
      </span>
      ${isStaff && !this.editing ? this.#announcementCheck() : nothing}
      ${
        rename
          ? html`<button type="button" class="link" data-testid="rename" @click=${() => (this.isNaming = true)}>
              ${msg("Change")}
            </button>`
          : nothing
      }
      ${
        count > COUNTED_FROM
          ? html`<span class=${count > MAX_CHARACTERS ? "over" : ""} data-testid="characters">
              ${count}/${MAX_CHARACTERS}
            </span>`
          : nothing
      }
    </p>`;
  }

  #announcementCheck(): TemplateResult {
    return html`<label class="check">
      <input
        type="checkbox"
        data-testid="announce"
        .checked=${live(this.isAnnouncement)}
        @change=${({ target }: Event) => (this.isAnnouncement = (target as HTMLInputElement).checked)}
      />
      ${msg("Announcement")}
    </label>`;
  }

  #nameForm(rename: (name: string) => Promise<void>): TemplateResult {
    return html`<form @submit=${(event: Event) => void this.#onName(event, rename)}>
      <label>
        ${msg("Your name in the chat")}
        <input dir="auto" name="name" required maxlength="40" autocomplete="nickname" data-testid="chat-name" />
      </label>
      <p class="bad" role="alert">${this.problem}</p>
      <div class="row">
        <button class="primary" data-testid="chat-name-save">
          ${this.#isAsked ? msg("Save and send") : msg("Save")}
        </button>
        <button type="button" class="secondary" @click=${this.#onUnnamed}>${msg("Cancel")}</button>
      </div>
    </form>`;
  }

  /** For how many seconds no new message may be sent: since the last message in slow mode, or as the server said. */
  get #waitS(): number {
    const place = this.#place.value;
    const { chat, userId, isStaff } = place;
    if (isStaff || this.editing || !chat.state) return 0;
    const last = chat.state.messages.findLast(({ user }) => user.id === userId)?.at ?? 0;
    const until = Math.max(last + chat.state.mode.slow_s * 1000, this.#closedUntil);
    return Math.max(0, Math.ceil((until - place.now()) / 1000));
  }

  readonly #onInput = ({ target }: Event): void => {
    this.text = (target as HTMLTextAreaElement).value;
    this.problem = this.reply = "";
    if (!this.editing) keep(draftKey(this.#place.value.slug), this.text);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && (this.editing || this.replyTo)) {
      event.stopPropagation();
      this.#onCancel();
    }
    // Enter ends the composition of a word in many languages, and some browsers say so only by the key's code.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    (event.target as HTMLTextAreaElement).form?.requestSubmit();
  };

  readonly #onCancel = (): void => {
    if (this.editing) this.text = kept(draftKey(this.#place.value.slug)) ?? "";
    this.dispatchEvent(new CustomEvent("settled"));
  };

  readonly #onSubmit = (event: Event): void => {
    event.preventDefault();
    const count = characters(this.text);
    if (!count || count > MAX_CHARACTERS || this.#waitS > 0) return;
    const { rename } = this.#place.value;
    if (rename && kept(NAMED_KEY) === undefined) {
      this.isNaming = this.#isAsked = true;
      void this.updateComplete.then(() => this.focus());
      return;
    }
    void this.#submit();
  };

  async #submit(): Promise<void> {
    this.problem = "";
    try {
      await (this.editing ? this.#change(this.editing) : this.#send());
    } catch (error) {
      this.problem = errorText(error);
      if (error instanceof AwazError && error.retryAfter) this.#wait(error);
    }
  }

  async #change({ id }: ChatMessageView): Promise<void> {
    await this.#place.value.chat.edit(id, this.text);
    if (this.editing?.id === id) this.#onCancel();
  }

  async #send(): Promise<void> {
    const { chat, slug } = this.#place.value;
    const { text, replyTo, isAnnouncement } = this;
    this.text = "";
    this.isAnnouncement = false;
    keep(draftKey(slug), "");
    this.dispatchEvent(new CustomEvent("settled"));
    try {
      const { reply = "", undo } = (await chat.send(text, replyTo?.id, isAnnouncement)) ?? {};
      if (undo === undefined) this.reply = reply;
      else this.dispatchEvent(new CustomEvent("done", { detail: doneWith(chat, reply, undo) }));
    } catch (error) {
      // What was refused is kept, unless something else was written meanwhile.
      this.text ||= text;
      this.isAnnouncement = isAnnouncement;
      keep(draftKey(slug), this.text);
      throw error;
    }
  }

  /** A timeout may be lifted before it ends: only the server knows. */
  #wait({ code, retryAfter }: AwazError): void {
    const seconds = Math.ceil(retryAfter);
    if (code === "timed_out")
      this.problem = msg(str`A moderator has timed you out. You can write again in ${clockText(seconds * 1000)}.`);
    if (code !== "too_fast") return;
    this.#closedUntil = this.#place.value.now() + retryAfter * 1000;
    this.problem = msg(str`You can write again in ${seconds} seconds.`);
  }

  /** The message stays where it is written, and waits for nothing any more. */
  readonly #onUnnamed = (): void => {
    this.isNaming = this.#isAsked = false;
  };

  async #onName(event: Event, rename: (name: string) => Promise<void>): Promise<void> {
    event.preventDefault();
    const name = new FormData(event.target as HTMLFormElement).get("name") as string;
    try {
      await rename(name);
      keep(NAMED_KEY, "1");
      this.problem = "";
      this.isNaming = false;
      if (this.#isAsked && characters(this.text)) await this.#submit();
      this.#isAsked = false;
    } catch (error) {
      this.problem = errorText(error);
    }
    await this.updateComplete;
    this.focus();
  }
}

function draftKey(slug: string): string {
  return `awaz.chat.draft.${slug}`;
}

customElements.define("awaz-chat-composer", Composer);
