import { Devices } from "./devices.ts";
import { callApi, callAs, type CallApi } from "./http.ts";
import { Refusal } from "./refusal.ts";
import { GuestSession, SharedSession, type Surroundings, type TokenSource } from "./session.ts";
import type { TokenAnswer, UserView } from "./wire.ts";

const KEY = "awaz.login";
const OVER = "Your session has ended. Please sign in again.";
const LEFT = "You are signed out. Please sign in again.";

/** What a page is told of its session. */
export interface Told {
  ended(sentence: string): void;
  /** Another tab signed in, as whoever is now the user. */
  begun(): void;
}

/** Somebody who signed in with a password, in all tabs, until signing out. */
export class LoginSession implements TokenSource {
  readonly #shared: SharedSession;
  readonly #surroundings: Surroundings;
  readonly #call: CallApi;
  readonly #told: Told;
  /** The user this tab shows. */
  #shown: string | undefined;

  constructor(surroundings: Surroundings, told: Told) {
    this.#surroundings = surroundings;
    this.#call = surroundings.call ?? callApi;
    this.#told = told;
    this.#shared = new SharedSession(KEY, surroundings, async () => {
      this.#end(OVER);
      throw new Refusal({ code: "unauthenticated", message: OVER, retryable: false });
    });
    this.#shown = this.user?.id;
  }

  get user(): UserView | undefined {
    return this.#shared.user;
  }

  token(): Promise<string> {
    return this.#shared.token();
  }

  refused(token: string): void {
    this.#shared.refused(token);
  }

  async signIn(login: string, password: string): Promise<void> {
    const devices = new Devices(this.#surroundings.store);
    const device = devices.of(login);
    const body = { login, password, ...(device !== undefined && { device }) };
    const answer = await this.#call<TokenAnswer>("auth/login", { method: "POST", body });
    devices.keep(login, answer.device);
    this.#adopt(answer);
  }

  /** Become a user; what the guest of this browser has done stays done. */
  async signUp(account: { login: string; password: string; name?: string }): Promise<void> {
    const guest = new GuestSession(this.#surroundings);
    const request = { method: "POST", body: account } as const;
    this.#adopt(await callAs<TokenAnswer>(guest, "auth/upgrade", request, this.#call));
    guest.forget();
  }

  /** Ends all sessions but the new one that comes with it, which the other tabs of this browser must wait for. */
  async changePassword(current: string, password: string): Promise<void> {
    await this.#shared.with(async (token) => {
      const request = { method: "POST", body: { current, password }, token } as const;
      this.#adopt(await this.#call<TokenAnswer>("me/password", request));
    });
  }

  async signOut(): Promise<void> {
    // Out of reach, the server forgets the session in its time; here it is gone at once.
    await this.#logout(false).catch(() => undefined);
    this.#leave();
  }

  /** Fails when the server cannot be told: nobody should believe other devices signed out when they are not. */
  async signOutEverywhere(): Promise<void> {
    await this.#logout(true);
    this.#leave();
  }

  /** What is in the store may have changed in another tab. */
  noticed(): void {
    const now = this.user?.id;
    if (now === this.#shown) return;
    this.#shown = now;
    if (now === undefined) this.#told.ended(LEFT);
    else this.#told.begun();
  }

  #logout(everywhere: boolean): Promise<unknown> {
    return this.#shared.with((token) => this.#call("auth/logout", { method: "POST", body: { everywhere }, token }));
  }

  #adopt(answer: TokenAnswer): void {
    this.#shared.adopt(answer);
    this.#shown = answer.user.id;
  }

  #leave(): void {
    this.#shared.forget();
    this.#shown = undefined;
  }

  #end(sentence: string): void {
    this.#shown = undefined;
    this.#told.ended(sentence);
  }
}
