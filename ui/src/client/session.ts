import { callApi } from "./http.ts";
import type { TokenAnswer, UserView } from "./wire.ts";

/** Where tokens for the socket come from. */
export interface TokenSource {
  /** A token that still holds for a while. */
  token(): Promise<string>;
  /** The server did not take the last token. */
  refused(): void;
}

/** The part of `Storage` that is used; private windows and other runtimes may have none. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface Kept {
  readonly token: string;
  /** When to have the next one. */
  readonly renewAt: number;
  readonly user: UserView;
}

const RENEW_BEFORE_S = 60;

export function keep(answer: TokenAnswer, now: number = Date.now()): Kept {
  const life = Math.max(answer.expires_in - RENEW_BEFORE_S, answer.expires_in / 2);
  return { token: answer.access_token, renewAt: now + life * 1000, user: answer.user };
}

/** Whether a kept token will still hold when what is started with it gets there. */
export function holds(kept: Kept, now: number = Date.now()): boolean {
  return now < kept.renewAt;
}

/** A token kept in a store that may refuse to work, in which case memory does. */
export class KeptToken {
  readonly #store: Store | undefined;
  readonly #key: string;
  #memory: Kept | undefined;

  constructor(store: Store | undefined, key: string) {
    this.#store = store;
    this.#key = key;
  }

  read(): Kept | undefined {
    try {
      const text = this.#store?.getItem(this.#key);
      if (text) this.#memory = JSON.parse(text) as Kept;
    } catch {
      // Memory has what there is.
    }
    return this.#memory;
  }

  write(kept: Kept | undefined): void {
    this.#memory = kept;
    try {
      if (kept) this.#store?.setItem(this.#key, JSON.stringify(kept));
      else this.#store?.removeItem(this.#key);
    } catch {
      // A full or forbidden store costs a new token on the next visit, no more.
    }
  }
}

/** Somebody who only listens: a guest token, fetched when needed and shared by all tabs. */
export class GuestSession implements TokenSource {
  readonly #kept: KeptToken;
  readonly #fetch: () => Promise<TokenAnswer>;
  #fetching: Promise<string> | undefined;

  constructor(
    store: Store | undefined,
    fetchGuest: () => Promise<TokenAnswer> = () => callApi("auth/guest", { method: "POST", body: {} }),
  ) {
    this.#kept = new KeptToken(store, "awaz.guest");
    this.#fetch = fetchGuest;
  }

  async token(): Promise<string> {
    const kept = this.#kept.read();
    if (kept && holds(kept)) return kept.token;
    this.#fetching ??= this.#renew().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  refused(): void {
    this.#kept.write(undefined);
  }

  async #renew(): Promise<string> {
    const kept = keep(await this.#fetch());
    this.#kept.write(kept);
    return kept.token;
  }
}
