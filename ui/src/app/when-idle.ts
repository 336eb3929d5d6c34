/** A busy page does not wait longer. */
const WAITS_MS = 2_000;
/** Safari does not say when it is idle. */
const PAINTED_WITHIN_MS = 300;

/** Load parts of a page one after the other, each once the page has painted and has nothing else to do. */
export async function whenIdle(...loads: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const load of loads) {
    await idle();
    // On a bad line, the page is without that part, and has the others.
    await load().catch(() => undefined);
  }
}

function idle(): Promise<unknown> {
  return new Promise((resolve) =>
    "requestIdleCallback" in globalThis
      ? requestIdleCallback(resolve, { timeout: WAITS_MS })
      : setTimeout(resolve, PAINTED_WITHIN_MS),
  );
}
