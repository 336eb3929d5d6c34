interface Sample {
  readonly offset: number;
  /** The maximum error of the offset: half the round trip. */
  readonly error: number;
  readonly at: number;
}

const SAMPLE_MAX_AGE_MS = 10 * 60_000;
/** Two clocks run apart by no more than that (quartz, 50 ppm each), in milliseconds a millisecond. */
const DRIFT = 1e-4;

/** This device's time in unix milliseconds, which nobody sets back or forward while the page is open. */
export function steadyNow(): number {
  return performance.timeOrigin + performance.now();
}

/** Estimates the server's clock from the most accurate recent heartbeat. */
export class ServerClock {
  #best: Sample | undefined;

  /** How far the server's time may be off by now, in milliseconds; infinite before the first heartbeat. */
  get uncertaintyMs(): number {
    const best = this.#best;
    return best ? best.error + (steadyNow() - best.at) * DRIFT : Infinity;
  }

  /** Add a heartbeat; `sentAt` and `receivedAt` are local times. */
  sample(sentAt: number, receivedAt: number, serverTime: number): void {
    const error = Math.max(0, receivedAt - sentAt) / 2;
    this.#update({ offset: serverTime - (sentAt + receivedAt) / 2, error, at: receivedAt });
  }

  /** Set a server time of unknown latency. It is ignored once there is a sample. */
  hint(receivedAt: number, serverTime: number): void {
    this.#best ??= { offset: serverTime - receivedAt, error: 60_000, at: receivedAt };
  }

  /** The server's time at a local time of `steadyNow`, in unix milliseconds. */
  now(local: number = steadyNow()): number {
    return local + (this.#best?.offset ?? 0);
  }

  #update(sample: Sample): void {
    const best = this.#best;
    const better = !best || sample.error <= best.error + (sample.at - best.at) * DRIFT;
    const expired = best && sample.at - best.at > SAMPLE_MAX_AGE_MS;
    // Two estimates that contradict each other mean that one of the clocks was changed.
    const contradicts = best && Math.abs(best.offset - sample.offset) > best.error + sample.error;
    if (better || expired || contradicts) this.#best = sample;
  }
}
