import type { Surroundings } from "../client/session.ts";

/** Sessions live in the browser's store, if we may have it: reading the property throws where cookies are forbidden. */
export function browser(): Surroundings {
  try {
    return { store: localStorage };
  } catch {
    return { store: undefined };
  }
}
