/** Full jitter: anywhere between nothing and the doubled delay, so that a thousand clients do not come back at once. */
export function fullJitter(attempt: number, baseMs: number, capMs: number, random: () => number = Math.random): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
}
