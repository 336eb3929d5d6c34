import { msg, str } from "@lit/localize";
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { ChatPlace } from "../../app/contexts.ts";
import { mentions } from "./lines.ts";

const BUNDLE_MS = 5_000;

/** Tells screen readers of mentions and of the staff's announcements, whatever came within five seconds at once. */
export class Announcements implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #slug: string | undefined;
  /** When the newest message that was looked at was shown: numbers begin anew after a crash of the server. */
  #seenAt = 0;
  #count = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  text = "";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  update({ slug, chat, userId, name }: ChatPlace): void {
    const state = chat.state;
    if (!state) return;
    const newest = state.messages.at(-1)?.at ?? 0;
    if (slug !== this.#slug) {
      this.#slug = slug;
      this.#seenAt = newest;
      return;
    }
    const told = state.messages.filter(
      ({ at, user, text, announcement }) =>
        at > this.#seenAt && user.id !== userId && (announcement || mentions(text, name)),
    );
    this.#seenAt = Math.max(this.#seenAt, newest);
    this.#count += told.length;
    if (this.#count) this.#timer ??= setTimeout(() => this.#tell(), BUNDLE_MS);
  }

  #tell(): void {
    this.#timer = undefined;
    this.text =
      this.#count === 1 ? msg("1 message for you in the chat") : msg(str`${this.#count} messages for you in the chat`);
    this.#count = 0;
    this.#host.requestUpdate();
  }
}
