/** A busy page does not wait longer. */
const WAITS_MS = 2_000;
/** Safari does not say when it is idle. */
const PAINTED_WITHIN_MS = 300;

/** Call back once the page has painted and has nothing else to do. */
export function whenIdle(act: () => void): void {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(act, { timeout: WAITS_MS });
  else setTimeout(act, PAINTED_WITHIN_MS);
}
