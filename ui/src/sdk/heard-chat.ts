import type { ChatMessageView } from "../wire/schema.ts";

/** A message is shown by then, whatever is heard: nobody waits longer for an answer. */
const MAX_WAIT_MS = 10_000;

/** The server believes no more. */
const MAX_LAG_MS = 60_000;

/** Where a listener is: the server's time, and how far what they hear is behind the mount; undefined if nothing plays. */
export interface Ear {
  now(): number;
  lagMs(): number | undefined;
}

/** How far an ear is behind, as it is sent with a request. */
export function lagOf(ear: Ear): { lag_ms?: number } {
  const lag = ear.lagMs();
  return lag === undefined || lag > MAX_LAG_MS ? {} : { lag_ms: Math.max(0, Math.round(lag)) };
}

/** The messages about what was heard here already, and in how many milliseconds there is another one. */
export function heardMessages(
  messages: readonly ChatMessageView[],
  ear: Ear,
): { readonly messages: readonly ChatMessageView[]; readonly nextMs: number | undefined } {
  const lag = ear.lagMs();
  const now = ear.now();
  const waits = messages.map((message) => (lag === undefined ? 0 : waitOf(message, now, lag)));
  const later = waits.filter((wait) => wait > 0);
  if (!later.length) return { messages, nextMs: undefined };
  return { messages: messages.filter((_, index) => waits[index]! <= 0), nextMs: Math.min(...later) };
}

/** In how many milliseconds a message is to be shown: with the sound that its author wrote about. */
function waitOf({ at, position }: ChatMessageView, now: number, lag: number): number {
  return position ? Math.min(position.at - (now - lag), at + MAX_WAIT_MS - now) : 0;
}
