import { to } from "./api.ts";
import { callApi, isUnauthenticated, type CallApi } from "./http.ts";
import { createLock, type Lock } from "./lock.ts";
import { SessionStore, isFresh, toStoredSession, type KeyValueStore, type StoredSession } from "./session-store.ts";
import type { TokenSource } from "./tokens.ts";
import type { TokenAnswer, UserView } from "../wire/schema.ts";

/** The dependencies of a session. */
export interface SessionEnvironment {
  readonly store: KeyValueStore | undefined;
  readonly lock?: Lock;
  readonly call?: CallApi;
}

type CreateSession = () => Promise<TokenAnswer>;

/**
 * A session shared by all tabs. Refresh tokens may be single-use, so only one tab refreshes the session and the others
 * read the result from the store.
 */
export class SharedSession implements TokenSource {
  readonly #store: SessionStore;
  readonly #lock: Lock;
  readonly #call: CallApi;
  readonly #create: CreateSession;
  #pendingToken: Promise<string> | undefined;

  /** `create` opens a new session when there is none, or throws. */
  constructor(
    key: string,
    { store, lock = createLock(key), call = callApi }: SessionEnvironment,
    create: CreateSession,
  ) {
    this.#store = new SessionStore(store, key);
    this.#lock = lock;
    this.#call = call;
    this.#create = create;
  }

  get user(): UserView | undefined {
    return this.#store.read()?.user;
  }

  async token(): Promise<string> {
    const session = this.#store.read();
    if (session && isFresh(session)) return session.token;
    this.#pendingToken ??= this.withToken((token) => token).finally(() => (this.#pendingToken = undefined));
    return this.#pendingToken;
  }

  invalidate(token: string): void {
    const session = this.#store.read();
    if (session?.token === token) this.#store.write({ ...session, renewAt: 0 });
  }

  /** Run a task with the current token; no tab refreshes the session meanwhile. */
  withToken<T>(task: (token: string) => T | Promise<T>): Promise<T> {
    return this.#lock(async () => task((await this.#current()).token));
  }

  save(answer: TokenAnswer): StoredSession {
    const session = toStoredSession(answer);
    this.#store.write(session);
    return session;
  }

  clear(): void {
    this.#store.write(undefined);
  }

  async #current(): Promise<StoredSession> {
    const session = this.#store.read();
    if (session && isFresh(session)) return session;
    if (session?.refresh !== undefined) {
      const refreshed = await this.#refresh(session.refresh);
      if (refreshed) return refreshed;
      // Without the Web Locks API, another tab may have stored a new session meanwhile.
      if (this.#store.read()?.refresh !== session.refresh) return this.#current();
    }
    this.clear();
    return this.save(await this.#create());
  }

  /** Returns undefined if the session has ended; throws on temporary errors, which keep the session. */
  async #refresh(refresh_token: string): Promise<StoredSession | undefined> {
    try {
      const answer = await this.#call(to("POST /api/v1/auth/refresh", { body: { refresh_token } }));
      return this.save({ refresh_token, ...answer });
    } catch (error) {
      if (isUnauthenticated(error)) return undefined;
      throw error;
    }
  }
}

/** An anonymous session: created on demand, shared by all tabs, and kept for months. */
export class GuestSession extends SharedSession {
  readonly #callApi: CallApi;

  /** `key` is that of the store, where the sessions of several servers can be. */
  constructor(environment: SessionEnvironment, key = "awaz.guest") {
    const { call = callApi } = environment;
    super(key, environment, () => call(to("POST /api/v1/auth/guest", { body: {} })));
    this.#callApi = call;
  }

  /** Go by another name; throws AwazError for one that a member of the staff has. */
  async rename(name: string): Promise<void> {
    const answer = await this.withToken((token) =>
      this.#callApi(to("POST /api/v1/auth/guest", { body: { name } }), { token }),
    );
    this.save(answer);
  }
}
