import type { Store } from "./kept.ts";

const KEY = "awaz.devices";

/**
 * What shows the server that somebody has signed in with this browser before, by login. It grants nothing, but wrong
 * passwords that strangers try then do not keep its user out.
 */
export class Devices {
  readonly #store: Store | undefined;

  constructor(store: Store | undefined) {
    this.#store = store;
  }

  of(login: string): string | undefined {
    return this.#read()[login.toLowerCase()];
  }

  keep(login: string, device: string | undefined): void {
    if (device === undefined) return;
    try {
      this.#store?.setItem(KEY, JSON.stringify({ ...this.#read(), [login.toLowerCase()]: device }));
    } catch {
      // Full or forbidden: the next time this browser is a new one.
    }
  }

  #read(): Record<string, string> {
    try {
      return JSON.parse(this.#store?.getItem(KEY) ?? "{}") as Record<string, string>;
    } catch {
      return {};
    }
  }
}
