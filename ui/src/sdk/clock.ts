interface Sample {
  readonly offset: number;
  /** The maximum error of the offset: half the round trip. */
  readonly error: number;
  readonly at: number;
}

const SAMPLE_MAX_AGE_MS = 10 * 60_000;

/** Estimates the server's clock from the most accurate recent heartbeat. */
export class ServerClock {
  #best: Sample | undefined;
  #roundTrip: number | undefined;

  /** The round trip of the last heartbeat in milliseconds. */
  get roundTrip(): number | undefined {
    return this.#roundTrip;
  }

  /** Add a heartbeat; `sentAt` and `receivedAt` are local times. */
  sample(sentAt: number, receivedAt: number, serverTime: number): void {
    const error = Math.max(0, receivedAt - sentAt) / 2;
    this.#roundTrip = 2 * error;
    this.#update({ offset: serverTime - (sentAt + receivedAt) / 2, error, at: receivedAt });
  }

  /** Set a server time of unknown latency. It is ignored once there is a sample. */
  hint(receivedAt: number, serverTime: number): void {
    this.#best ??= { offset: serverTime - receivedAt, error: 60_000, at: receivedAt };
  }

  /** The server's time at a local time, in unix milliseconds. */
  now(local: number = Date.now()): number {
    return local + (this.#best?.offset ?? 0);
  }

  #update(sample: Sample): void {
    const best = this.#best;
    const better = !best || sample.error <= best.error;
    const expired = best && sample.at - best.at > SAMPLE_MAX_AGE_MS;
    // Two estimates that contradict each other mean that one of the clocks was changed.
    const contradicts = best && Math.abs(best.offset - sample.offset) > best.error + sample.error;
    if (better || expired || contradicts) this.#best = sample;
  }
}
