import type { ShownStation } from "../../app/contexts.ts";
import type { AwazError } from "../../sdk/errors.ts";
import { StateLog } from "../../sdk/state-log.ts";
import type { StationState } from "../../sdk/state.ts";
import type { Station } from "../../sdk/station.ts";
import type { Playback } from "./playback.ts";

/** No player is further behind, whatever the clocks say. */
const MAX_WAIT_MS = 60_000;

type Source = Pick<Station, "slug" | "state" | "problem" | "now" | "subscribe">;
type Player = Pick<Playback, "isActive" | "lagMs" | "subscribe">;

/**
 * A station as its listener hears it: while it plays, its state is held back by as much as this player is behind the
 * server, so that a title changes with the sound. Numbers and the signal's quality are not heard, and are shown as they
 * are now.
 */
export class HeardStation implements ShownStation {
  readonly #station: Source;
  readonly #playback: Player;
  readonly #listeners = new Set<() => void>();
  #log = new StateLog();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(station: Source, playback: Player) {
    this.#station = station;
    this.#playback = playback;
  }

  get slug(): string {
    return this.#station.slug;
  }

  /** The newest state that the server has sent, whether or not it is heard yet. */
  get newest(): StationState | undefined {
    return this.#station.state;
  }

  get problem(): AwazError | undefined {
    return this.#station.problem;
  }

  /** The server's time of what is heard, in unix milliseconds: now, if it does not play. */
  now(): number {
    return this.#station.now() - (this.#lagMs ?? 0);
  }

  get state(): StationState | undefined {
    const newest = this.#station.state;
    if (!newest || this.#lagMs === undefined) return newest;
    const past = this.#log.at(this.now()) ?? newest;
    const { listeners, quality, station, incidents, likes } = newest;
    const onAir = past.onAir === "offair" ? past.onAir : (past.metadata?.kind ?? past.onAir);
    return { ...past, onAir, listeners, quality, station, incidents, likes };
  }

  /** Call `listener` when the station changes, and when the ear has caught up with a change. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#unsubscribe ??= this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size) return;
      clearTimeout(this.#timer);
      this.#unsubscribe?.();
      this.#unsubscribe = undefined;
    };
  }

  #follow(): () => void {
    this.#log = new StateLog();
    this.#record();
    const ends = [
      this.#station.subscribe(() => {
        this.#record();
        this.#changed();
      }),
      this.#playback.subscribe(() => this.#changed()),
    ];
    return () => ends.forEach((end) => end());
  }

  #record(): void {
    if (this.#station.state) this.#log.add(this.#station.state);
  }

  #changed(): void {
    clearTimeout(this.#timer);
    const change = this.#lagMs === undefined ? undefined : this.#log.nextChange(this.now());
    if (change !== undefined) {
      this.#timer = setTimeout(() => this.#changed(), Math.min(change - this.now(), MAX_WAIT_MS));
    }
    this.#listeners.forEach((listener) => listener());
  }

  get #lagMs(): number | undefined {
    const lag = this.#playback.isActive(this.slug) ? this.#playback.lagMs : undefined;
    return lag === undefined ? undefined : Math.max(0, lag);
  }
}
