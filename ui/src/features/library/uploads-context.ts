import { createContext } from "@lit/context";
import type { TokenSource } from "../../sdk/tokens.ts";
import { UploadQueue, isOpen } from "./upload-queue.ts";

/** The uploads of a page, which go on while its other sections are shown. */
export class Uploads {
  readonly #tokens: TokenSource;
  readonly #queues = new Map<string, UploadQueue>();

  constructor(tokens: TokenSource) {
    this.#tokens = tokens;
    addEventListener("online", () => this.#queues.forEach((queue) => queue.state.isPaused || queue.resume()));
    addEventListener("beforeunload", (event) => {
      if (this.#isUnderWay) event.preventDefault();
    });
  }

  /** Those into a station's library. */
  of(slug: string): UploadQueue {
    const queue = this.#queues.get(slug) ?? this.#queue(slug);
    this.#queues.set(slug, queue);
    return queue;
  }

  /** Stop all of them until somebody goes on with them: the session has expired. */
  pause(): void {
    this.#queues.forEach((queue) => queue.pause());
  }

  /** Stop and forget all of them: nobody is signed in any more. */
  close(): void {
    this.#queues.forEach((queue) => queue.close());
  }

  get #isUnderWay(): boolean {
    return [...this.#queues.values()].some(({ state }) => state.uploads.some(isOpen));
  }

  #queue(slug: string): UploadQueue {
    return new UploadQueue((file, handlers) => {
      let stop: (() => void) | undefined;
      let isStopped = false;
      import("./tus.ts")
        .then(({ sendByTus }) => {
          if (!isStopped) stop = sendByTus(uploadsUrl(slug), this.#tokens, file, handlers);
        })
        .catch((error: unknown) => handlers.failed(error));
      return () => {
        isStopped = true;
        stop?.();
      };
    });
  }
}

/** Where a station's uploads are begun. */
export function uploadsUrl(slug: string): string {
  return new URL(`/api/v1/stations/${slug}/uploads`, location.href).href;
}

export const uploadsContext = createContext<Uploads>("awaz-uploads");
