import { createLocalLock } from "../sdk/lock.ts";
import type { SessionEnvironment } from "../sdk/session.ts";

/**
 * Sessions in local storage. Reading the property throws if the browser blocks cookies, as it may in a frame of another
 * site; asking for a lock among all tabs fails then, too.
 */
export function browserEnvironment(): SessionEnvironment {
  try {
    return { store: localStorage };
  } catch {
    return { store: undefined, lock: createLocalLock() };
  }
}
