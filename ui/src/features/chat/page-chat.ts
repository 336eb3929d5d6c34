import type { ReactiveController } from "lit";
import { chatContext, FromPage, type ChatPlace, type ElementHost } from "../../app/contexts.ts";

/** Subscribes to something of a chat; returns a function that ends that. */
type Follow = (place: ChatPlace) => () => void;

/** The chat of the page's station; its host is rendered again whenever that changes. */
export class PageChat implements ReactiveController {
  readonly #place: FromPage<ChatPlace | undefined>;
  readonly #changed: (place: ChatPlace | undefined) => void;
  readonly #follow: Follow;
  #slug: string | undefined;
  #unsubscribe: (() => void) | undefined;

  /** `changed` is called for each other station, before its chat is rendered; `follow` is used instead of the chat's own changes. */
  constructor(
    host: ElementHost,
    changed: (place: ChatPlace | undefined) => void = () => undefined,
    follow: Follow = ({ chat }) => chat.subscribe(() => host.requestUpdate()),
  ) {
    this.#place = new FromPage(host, chatContext);
    this.#changed = changed;
    this.#follow = follow;
    host.addController(this);
  }

  get value(): ChatPlace {
    return this.#place.value;
  }

  get optional(): ChatPlace | undefined {
    return this.#place.optional;
  }

  hostUpdate(): void {
    const place = this.#place.optional;
    if (place?.slug === this.#slug) return;
    this.#subscribe(place);
    this.#changed(place);
  }

  hostDisconnected(): void {
    this.#subscribe(undefined);
  }

  #subscribe(place: ChatPlace | undefined): void {
    // Before the end of the last subscription, so that a station which both share is not left between.
    const unsubscribe = place && this.#follow(place);
    this.#unsubscribe?.();
    this.#unsubscribe = unsubscribe;
    this.#slug = place?.slug;
  }
}
