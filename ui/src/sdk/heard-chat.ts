import type { ChatMessageView } from "../wire/schema.ts";

/** A message is shown by then, whatever is heard: nobody waits longer for an answer. */
const MAX_WAIT_MS = 10_000;
/** The server refuses a longer lag. */
const MAX_LAG_MS = 60_000;

/** Where a listener is: the server's time, and how far what they hear is behind the mount; undefined if nothing plays. */
export interface Ear {
  now(): number;
  lagMs(): number | undefined;
}

/** When what is heard now was on the mount, by the server's time; undefined if nothing plays. */
export function heardNow(ear: Ear): number | undefined {
  const lag = ear.lagMs();
  return lag === undefined ? undefined : ear.now() - lag;
}

/** How long ago something was on the mount, as it is sent with a request about it. */
export function lagSince(ear: Ear, heardAt: number | undefined): { lag_ms?: number } {
  const lag = heardAt === undefined ? undefined : Math.max(0, Math.round(ear.now() - heardAt));
  return lag === undefined || lag > MAX_LAG_MS ? {} : { lag_ms: lag };
}

/**
 * The messages about what was heard here already, and in how many milliseconds there is another one. `isShown` says of
 * which nobody waits: those that were seen, and one's own.
 */
export function heardMessages(
  messages: readonly ChatMessageView[],
  ear: Ear,
  isShown: (message: ChatMessageView) => boolean,
): { readonly messages: readonly ChatMessageView[]; readonly nextMs: number | undefined } {
  const heardAt = heardNow(ear);
  const wait = (message: ChatMessageView) =>
    heardAt === undefined || isShown(message) ? 0 : waitOf(message, ear.now(), heardAt);
  const waits = messages.map(wait);
  const later = waits.filter((each) => each > 0);
  if (!later.length) return { messages, nextMs: undefined };
  return { messages: messages.filter((_, index) => waits[index]! <= 0), nextMs: Math.min(...later) };
}

/** In how many milliseconds a message is to be shown: with the sound that its author wrote about. */
function waitOf({ at, position }: ChatMessageView, now: number, heardAt: number): number {
  return position ? Math.min(position.at - heardAt, at + MAX_WAIT_MS - now) : 0;
}
