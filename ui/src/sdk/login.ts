import { to } from "./api.ts";
import { DeviceTokens } from "./device-tokens.ts";
import { AwazRefused } from "./errors.ts";
import { callApi, callAuthenticated, type CallApi } from "./http.ts";
import { GuestSession, SharedSession, type SessionEnvironment } from "./session.ts";
import type { TokenSource } from "./tokens.ts";
import type { LoginRequest, TokenAnswer, UpgradeRequest, UserView } from "../wire/schema.ts";

const KEY = "awaz.login";
const SESSION_ENDED = "Your session has ended. Please sign in again.";
const SIGNED_OUT = "You are signed out. Please sign in again.";

export interface LoginHandlers {
  /** The session has ended by itself, or from another device. */
  expired(message: string): void;
  /** The user signed out in another tab. */
  signedOut(message: string): void;
  /** A user signed in from another tab. */
  signedIn(): void;
}

/** The session of a user with a password, shared by all tabs until sign-out. */
export class LoginSession implements TokenSource {
  readonly #shared: SharedSession;
  readonly #environment: SessionEnvironment;
  readonly #call: CallApi;
  readonly #handlers: LoginHandlers;
  /** The user that this tab is showing. */
  #userId: string | undefined;

  constructor(environment: SessionEnvironment, handlers: LoginHandlers) {
    this.#environment = environment;
    this.#call = environment.call ?? callApi;
    this.#handlers = handlers;
    this.#shared = new SharedSession(KEY, environment, () => {
      this.#userId = undefined;
      this.#handlers.expired(SESSION_ENDED);
      const error = { code: "unauthenticated", message: SESSION_ENDED, retryable: false };
      return Promise.reject(new AwazRefused(error));
    });
    this.#userId = this.user?.id;
  }

  get user(): UserView | undefined {
    return this.#shared.user;
  }

  token(): Promise<string> {
    return this.#shared.token();
  }

  invalidate(token: string): void {
    this.#shared.invalidate(token);
  }

  async signIn(login: string, password: string): Promise<void> {
    const devices = new DeviceTokens(this.#environment.store);
    const device = devices.get(login);
    const known: Pick<LoginRequest, "device"> = device === undefined ? {} : { device };
    const answer = await this.#call(to("POST /api/v1/auth/login", { body: { login, password, ...known } }));
    devices.set(login, answer.device);
    this.#save(answer);
  }

  /** Create an account from this browser's guest, keeping the guest's id. */
  async signUp(account: UpgradeRequest): Promise<void> {
    const guest = new GuestSession(this.#environment);
    this.#save(
      await callAuthenticated(guest, to("POST /api/v1/auth/upgrade", { body: account }), { call: this.#call }),
    );
    guest.clear();
  }

  /** Change the password, which ends all other sessions. Other tabs wait for the new session. */
  async changePassword(current: string, password: string): Promise<void> {
    await this.#shared.withToken(async (token) => {
      this.#save(await this.#call(to("POST /api/v1/me/password", { body: { current, password } }), { token }));
    });
  }

  /** Sign out in this browser, even if the server cannot be reached; its session then expires by itself. */
  async signOut(): Promise<void> {
    await this.#logout(false).catch(() => undefined);
    this.#clear();
  }

  /** Sign out on all devices; throws if the server cannot be reached, because the others would stay signed in. */
  async signOutEverywhere(): Promise<void> {
    await this.#logout(true);
    this.#clear();
  }

  /** Compare the stored session with the one shown, after a `storage` event. */
  onStorageChange(): void {
    const userId = this.user?.id;
    if (userId === this.#userId) return;
    this.#userId = userId;
    if (userId === undefined) this.#handlers.signedOut(SIGNED_OUT);
    else this.#handlers.signedIn();
  }

  #logout(everywhere: boolean): Promise<unknown> {
    return this.#shared.withToken((token) =>
      this.#call(to("POST /api/v1/auth/logout", { body: { everywhere } }), { token }),
    );
  }

  #save(answer: TokenAnswer): void {
    this.#shared.save(answer);
    this.#userId = answer.user.id;
  }

  #clear(): void {
    this.#shared.clear();
    this.#userId = undefined;
  }
}
