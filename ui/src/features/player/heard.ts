import type { ServerClock } from "../../sdk/clock.ts";
import { StateLog } from "../../sdk/state-log.ts";
import type { StationState } from "../../sdk/state.ts";
import type { Playback } from "./playback.ts";

/**
 * How much later a change is known than its audio passed the same point: the pipeline reports one that has lasted for
 * 0.2 s, and the burst begins at a whole block of frames. 0.4 to 0.5 s were measured on a busy machine.
 */
const REPORT_DELAY_MS = 350;

/** No player is further behind, whatever the clocks say. */
const MAX_WAIT_MS = 60_000;

/**
 * What a listener hears: a station's state, held back by as much as this player is behind the server, so that a title
 * changes with the sound. Numbers and the signal's quality are not heard, and are shown as they are now.
 */
export class Heard {
  readonly #playback: Pick<Playback, "isActive" | "lagMs">;
  readonly #clock: Pick<ServerClock, "now">;
  readonly #onChange: () => void;
  readonly #logs = new Map<string, StateLog>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onChange` is called whenever the ear has caught up with a change. */
  constructor(playback: Pick<Playback, "isActive" | "lagMs">, clock: Pick<ServerClock, "now">, onChange: () => void) {
    this.#playback = playback;
    this.#clock = clock;
    this.#onChange = onChange;
  }

  /** Take in the newest states; stations without one are forgotten. */
  update(states: ReadonlyMap<string, StationState>): void {
    for (const slug of this.#logs.keys()) if (!states.has(slug)) this.#logs.delete(slug);
    for (const [slug, state] of states) {
      const log = this.#logs.get(slug) ?? new StateLog();
      log.add(state);
      this.#logs.set(slug, log);
    }
  }

  /** The server's time of what is heard of a station, in unix milliseconds: now, if it does not play. */
  timeOf(slug: string): number {
    return this.#clock.now() - (this.#lagOf(slug) ?? 0);
  }

  /** What is heard of a station whose newest state is `newest`. */
  stateOf(newest: StationState): StationState {
    const { slug } = newest;
    if (this.#lagOf(slug) === undefined) return newest;
    const time = this.timeOf(slug);
    const log = this.#logs.get(slug);
    const past = log?.at(time) ?? newest;
    this.#awaken(log?.nextChange(time), time);
    const { listeners, quality, station, incidents } = newest;
    const onAir = past.onAir === "offair" ? past.onAir : (past.metadata?.kind ?? past.onAir);
    return { ...past, onAir, listeners, quality, station, incidents };
  }

  #lagOf(slug: string): number | undefined {
    const lag = this.#playback.isActive(slug) ? this.#playback.lagMs : undefined;
    return lag === undefined ? undefined : Math.max(0, lag - REPORT_DELAY_MS);
  }

  #awaken(change: number | undefined, time: number): void {
    clearTimeout(this.#timer);
    if (change !== undefined) this.#timer = setTimeout(this.#onChange, Math.min(change - time, MAX_WAIT_MS));
  }
}
