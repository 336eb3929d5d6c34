import type { TokenAnswer, UserView } from "../wire/schema.ts";

/** The subset of `Storage` that is used. Private windows and other runtimes may not have one. */
export type KeyValueStore = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface StoredSession {
  readonly token: string;
  /** The refresh token. */
  readonly refresh: string | undefined;
  /** When to refresh the access token, in unix milliseconds. */
  readonly renewAt: number;
  readonly user: UserView;
}

const REFRESH_MARGIN_S = 60;

export function toStoredSession(answer: TokenAnswer, now: number = Date.now()): StoredSession {
  const lifetime = Math.max(answer.expires_in - REFRESH_MARGIN_S, answer.expires_in / 2);
  const { access_token: token, refresh_token: refresh, user } = answer;
  return { token, refresh, renewAt: now + lifetime * 1000, user };
}

/** Whether the access token is still valid, with a margin for requests in flight. */
export function isFresh(session: StoredSession, now: number = Date.now()): boolean {
  return now < session.renewAt;
}

/** Stores a session in a key-value store, or in memory when the store is missing or fails. */
export class SessionStore {
  readonly #key: string;
  #store: KeyValueStore | undefined;
  #memory: StoredSession | undefined;

  constructor(store: KeyValueStore | undefined, key: string) {
    this.#store = store;
    this.#key = key;
  }

  read(): StoredSession | undefined {
    if (!this.#store) return this.#memory;
    try {
      const text = this.#store.getItem(this.#key);
      return text ? (JSON.parse(text) as StoredSession) : undefined;
    } catch {
      return this.#memory;
    }
  }

  write(session: StoredSession | undefined): void {
    this.#memory = session;
    try {
      if (session) this.#store?.setItem(this.#key, JSON.stringify(session));
      else this.#store?.removeItem(this.#key);
    } catch {
      // The store is full or forbidden, and its content is now older than the copy in memory.
      this.#store = undefined;
    }
  }
}
