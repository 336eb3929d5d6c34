import type { KeyValueStore } from "./session-store.ts";

const KEY = "awaz.devices";

/**
 * Device tokens by username. A device token grants no access, but it identifies this browser to the rate limiter, so
 * that failed sign-ins from elsewhere do not lock its user out.
 */
export class DeviceTokens {
  readonly #store: KeyValueStore | undefined;

  constructor(store: KeyValueStore | undefined) {
    this.#store = store;
  }

  get(login: string): string | undefined {
    return this.#read()[login.toLowerCase()];
  }

  set(login: string, device: string | undefined): void {
    if (device === undefined) return;
    try {
      this.#store?.setItem(KEY, JSON.stringify({ ...this.#read(), [login.toLowerCase()]: device }));
    } catch {
      // The store is full or forbidden: the next sign-in counts as a new device.
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
