import type { SessionEnvironment } from "../sdk/session.ts";

/** Sessions in local storage. Reading the property throws if the browser blocks cookies. */
export function browserEnvironment(): SessionEnvironment {
  try {
    return { store: localStorage };
  } catch {
    return { store: undefined };
  }
}
