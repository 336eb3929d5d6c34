import type { Store } from "../client/session.ts";

/** A store of the browser, if it lets us have it: reading the property alone throws where cookies are forbidden. */
export function storeOf(name: "localStorage" | "sessionStorage"): Store | undefined {
  try {
    return globalThis[name];
  } catch {
    return undefined;
  }
}
