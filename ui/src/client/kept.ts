import type { TokenAnswer, UserView } from "./wire.ts";

/** The part of `Storage` that is used; private windows and other runtimes may have none. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Kept {
  readonly token: string;
  /** What the next token is asked for with. */
  readonly refresh: string | undefined;
  /** When to have the next one. */
  readonly renewAt: number;
  readonly user: UserView;
}

const RENEW_BEFORE_S = 60;

export function keep(answer: TokenAnswer, now: number = Date.now()): Kept {
  const life = Math.max(answer.expires_in - RENEW_BEFORE_S, answer.expires_in / 2);
  const { access_token: token, refresh_token: refresh, user } = answer;
  return { token, refresh, renewAt: now + life * 1000, user };
}

/** Whether a kept token will still hold when what is started with it gets there. */
export function holds(kept: Kept, now: number = Date.now()): boolean {
  return now < kept.renewAt;
}

/** A session kept in a store that may refuse to work, in which case memory does. */
export class KeptSession {
  readonly #key: string;
  #store: Store | undefined;
  #memory: Kept | undefined;

  constructor(store: Store | undefined, key: string) {
    this.#store = store;
    this.#key = key;
  }

  read(): Kept | undefined {
    if (!this.#store) return this.#memory;
    try {
      const text = this.#store.getItem(this.#key);
      return text ? (JSON.parse(text) as Kept) : undefined;
    } catch {
      return this.#memory;
    }
  }

  write(kept: Kept | undefined): void {
    this.#memory = kept;
    try {
      if (kept) this.#store?.setItem(this.#key, JSON.stringify(kept));
      else this.#store?.removeItem(this.#key);
    } catch {
      // Full or forbidden. What it still has is older than what memory has.
      this.#store = undefined;
    }
  }
}
