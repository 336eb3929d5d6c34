interface Sample {
  readonly offset: number;
  /** The true offset lies within this distance: half the round trip. */
  readonly error: number;
  readonly at: number;
}

const FORGET_AFTER_MS = 10 * 60_000;

/** The server's clock as seen from here, from the most certain of the recent exchanges. */
export class ServerClock {
  #best: Sample | undefined;
  #roundTrip: number | undefined;

  /** Milliseconds between a heartbeat and its answer, of the last exchange. */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /** Note an exchange; both own times from the same local clock. */
  sample(sentAt: number, receivedAt: number, serverTime: number): void {
    const error = Math.max(0, receivedAt - sentAt) / 2;
    this.#roundTrip = 2 * error;
    this.#note({ offset: serverTime - (sentAt + receivedAt) / 2, error, at: receivedAt });
  }

  /** Note a server time whose way here took an unknown while; it only counts until a real exchange is known. */
  hint(receivedAt: number, serverTime: number): void {
    this.#best ??= { offset: serverTime - receivedAt, error: 60_000, at: receivedAt };
  }

  /** The server's time at a local time, in unix milliseconds. */
  now(local: number = Date.now()): number {
    return local + (this.#best?.offset ?? 0);
  }

  #note(sample: Sample): void {
    const best = this.#best;
    const better = !best || sample.error <= best.error;
    const old = best && sample.at - best.at > FORGET_AFTER_MS;
    // Two estimates that cannot both be true mean that a clock was set.
    const contradicts = best && Math.abs(best.offset - sample.offset) > best.error + sample.error;
    if (better || old || contradicts) this.#best = sample;
  }
}
