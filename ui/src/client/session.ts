import { callApi, isUnauthenticated, type CallApi } from "./http.ts";
import { KeptSession, holds, keep, type Kept, type Store } from "./kept.ts";
import { lockOf, type Lock } from "./lock.ts";
import type { TokenAnswer, UserView } from "./wire.ts";

/** Where tokens come from. */
export interface TokenSource {
  /** A token that still holds for a while. */
  token(): Promise<string>;
  /** The server did not take this token: the next one must be another. */
  refused(token: string): void;
}

/** What a session lives in. */
export interface Surroundings {
  readonly store: Store | undefined;
  readonly lock?: Lock;
  readonly call?: CallApi;
}

type Begin = () => Promise<TokenAnswer>;

/**
 * A session that all tabs have together. A refresh token may be good for one use only, so one tab alone renews the
 * session and the others find the new one in the store.
 */
export class SharedSession implements TokenSource {
  readonly #kept: KeptSession;
  readonly #lock: Lock;
  readonly #call: CallApi;
  readonly #begin: Begin;
  #renewing: Promise<string> | undefined;

  /** `begin` gives a new session where there is none, or throws. */
  constructor(key: string, { store, lock = lockOf(key), call = callApi }: Surroundings, begin: Begin) {
    this.#kept = new KeptSession(store, key);
    this.#lock = lock;
    this.#call = call;
    this.#begin = begin;
  }

  get user(): UserView | undefined {
    return this.#kept.read()?.user;
  }

  async token(): Promise<string> {
    const kept = this.#kept.read();
    if (kept && holds(kept)) return kept.token;
    this.#renewing ??= this.with(async (token) => token).finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  refused(token: string): void {
    const kept = this.#kept.read();
    if (kept?.token === token) this.#kept.write({ ...kept, renewAt: 0 });
  }

  /** Do something with the session that no renewal in any tab may come between. */
  with<T>(work: (token: string) => Promise<T>): Promise<T> {
    return this.#lock(async () => work((await this.#current()).token));
  }

  adopt(answer: TokenAnswer): Kept {
    const kept = keep(answer);
    this.#kept.write(kept);
    return kept;
  }

  forget(): void {
    this.#kept.write(undefined);
  }

  async #current(): Promise<Kept> {
    const kept = this.#kept.read();
    if (kept && holds(kept)) return kept;
    if (kept?.refresh !== undefined) {
      const renewed = await this.#renewed(kept.refresh);
      if (renewed) return renewed;
      // Without locks, another tab may have put a new session there meanwhile.
      if (this.#kept.read()?.refresh !== kept.refresh) return this.#current();
    }
    this.forget();
    return this.adopt(await this.#begin());
  }

  /** Undefined when the session has ended. Any other trouble passes, and the session stays. */
  async #renewed(refresh_token: string): Promise<Kept | undefined> {
    try {
      const answer = await this.#call<TokenAnswer>("auth/refresh", { method: "POST", body: { refresh_token } });
      return this.adopt({ refresh_token, ...answer });
    } catch (error) {
      if (isUnauthenticated(error)) return undefined;
      throw error;
    }
  }
}

/** Somebody who only listens: made when needed, and the same for months and in all tabs. */
export class GuestSession extends SharedSession {
  constructor(surroundings: Surroundings) {
    const { call = callApi } = surroundings;
    super("awaz.guest", surroundings, () => call("auth/guest", { method: "POST", body: {} }));
  }
}
