import { ContextProvider } from "@lit/context";
import type { ReactiveControllerHost } from "lit";
import { chatContext, type ChatPlace } from "./contexts.ts";
import type { Station } from "../sdk/station.ts";

/** The person who writes in a chat on the page. */
export type Writer = Pick<ChatPlace, "userId" | "name" | "isStaff" | "rename">;

/** Provides the elements of a page with the chat of its station. */
export class StationChat {
  readonly #station: (slug: string) => Station;
  readonly #provider: ContextProvider<typeof chatContext>;

  /** `station` returns a station by its slug. */
  constructor(host: ReactiveControllerHost & HTMLElement, station: (slug: string) => Station) {
    this.#station = station;
    this.#provider = new ContextProvider(host, { context: chatContext });
  }

  get isShown(): boolean {
    return this.#provider.value !== undefined;
  }

  /** Provide the chat of a station; none where the slug or the writer is undefined. */
  update(slug: string | undefined, writer: Writer | undefined): void {
    const before = this.#provider.value;
    if (slug === undefined || !writer) this.#provider.setValue(undefined);
    // The same object for as long as nothing of it changes: its elements are rendered again with each other one.
    else if (!before || before.slug !== slug || !isSame(before, writer)) {
      this.#provider.setValue(this.#place(slug, writer));
    }
  }

  #place(slug: string, writer: Writer): ChatPlace {
    const station = this.#station(slug);
    return {
      ...writer,
      slug,
      chat: station.chat,
      now: () => station.now(),
      onReactions: (listener) => station.on("interaction:reactions", ({ counts }) => listener(counts)),
    };
  }
}

function isSame(a: Writer, b: Writer): boolean {
  return a.userId === b.userId && a.name === b.name && a.isStaff === b.isStaff;
}
