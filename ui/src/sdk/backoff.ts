/** Exponential backoff with full jitter: a random delay below the capped exponential, so that clients spread out. */
export function fullJitter(attempt: number, baseMs: number, maxMs: number, random: () => number = Math.random): number {
  return random() * Math.min(maxMs, baseMs * 2 ** Math.min(attempt, 30));
}
