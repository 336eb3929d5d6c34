/** How a player that is a little too early or too late is brought nearer, so that nobody hears it. */

/** What to do now: play at a rate, or go on elsewhere. */
export interface Move {
  readonly rate: number;
  /** Seconds to go forward, or back where it is negative. */
  readonly seek?: number;
}

export interface Limits {
  /** Whether the browser keeps the time while it plays faster or slower. Firefox does not. */
  readonly canChangeRate: boolean;
}

/** Nobody plays faster or slower than by this. */
export const MAX_RATE_CHANGE = 0.03;
const ENGAGE_S = 0.006;
const RELEASE_S = 0.002;
/** An error is made up for in about so long. */
const CORRECTED_IN_S = 1.5;
/** Farther off, the rate would take too long. */
const SEEK_S = 0.4;
/** Without another rate, what is nearer is left as it is: a seek is heard. */
const SEEK_ONLY_S = 0.09;
/** An error that changes so much at once is a stall, of which not every browser and device tells: laptops sleep. */
const STALL_S = 0.1;
/** So many measurements decide. */
const MEASURED = 5;
/** After a seek, the player takes a moment until its time can be trusted. */
const SETTLE_MS = 1_000;

/** Decides from a player's error: positive where it is ahead of what is due, in seconds. */
export class Steering {
  readonly #limits: Limits;
  #errors: readonly number[] = [];
  #rate = 1;
  /** Once: a player that is off again and again is not helped by it, and is left alone. */
  #maySeek = true;
  #notBefore = 0;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** The error of the last measurements, in seconds; undefined until there were enough. */
  get error(): number | undefined {
    return this.#errors.length < MEASURED ? undefined : median(this.#errors);
  }

  /** The sound has stopped, or is another stream's: it may be gone after once more. */
  renew(now: number): void {
    this.#maySeek = true;
    this.#forget(now);
  }

  /** Take in a measurement at a time in milliseconds; `isThere` says whether there is sound where it would go. */
  measured(error: number, now: number, isThere = true): Move {
    if (now < this.#notBefore) return { rate: this.#rate };
    const before = this.#errors.at(-1) ?? error;
    if (Math.abs(error - before) > STALL_S) this.renew(now);
    this.#errors = [...this.#errors, error].slice(-MEASURED);
    const known = this.error;
    if (known === undefined) return { rate: this.#rate };
    const limit = this.#limits.canChangeRate ? SEEK_S : SEEK_ONLY_S;
    if (Math.abs(known) > limit && this.#maySeek && isThere) {
      this.#maySeek = false;
      this.#forget(now);
      return { rate: 1, seek: -known };
    }
    this.#rate = this.#limits.canChangeRate ? this.#rateFor(known) : 1;
    return { rate: this.#rate };
  }

  #rateFor(error: number): number {
    const isOff = Math.abs(error) > (this.#rate === 1 ? ENGAGE_S : RELEASE_S);
    if (!isOff) return 1;
    return 1 - Math.max(-MAX_RATE_CHANGE, Math.min(MAX_RATE_CHANGE, error / CORRECTED_IN_S));
  }

  #forget(now: number): void {
    this.#errors = [];
    this.#rate = 1;
    this.#notBefore = now + SETTLE_MS;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
