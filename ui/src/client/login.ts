import { callApi } from "./http.ts";
import { KeptToken, holds, keep, type Store, type TokenSource } from "./session.ts";
import type { TokenAnswer, UserView } from "./wire.ts";

/** Somebody who signed in with a password, until the token ends or the tab is closed. */
export class LoginSession implements TokenSource {
  readonly #kept: KeptToken;
  readonly #ended: () => void;

  constructor(store: Store | undefined, ended: () => void) {
    this.#kept = new KeptToken(store, "awaz.login");
    this.#ended = ended;
  }

  get user(): UserView | undefined {
    const kept = this.#kept.read();
    return kept && holds(kept) ? kept.user : undefined;
  }

  async signIn(login: string, password: string): Promise<void> {
    const answer = await callApi<TokenAnswer>("auth/login", { method: "POST", body: { login, password } });
    this.#kept.write(keep(answer));
  }

  signOut(): void {
    this.#kept.write(undefined);
  }

  async token(): Promise<string> {
    const kept = this.#kept.read();
    if (kept && holds(kept)) return kept.token;
    this.refused();
    throw new Error("Signed out");
  }

  refused(): void {
    this.signOut();
    this.#ended();
  }
}
