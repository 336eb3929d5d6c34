import type { StationState } from "./state.ts";

/** The oldest state that is kept: no player is further behind. */
const KEPT_MS = 60_000;

/** Two servers' clocks may differ by this; a clock that goes back further was set. */
const MAX_CLOCK_STEP_MS = 5_000;
/**
 * How much later a change is known than its audio was on the mount, where the server has not found its place there: the
 * pipeline reports one that has lasted for 0.2 s. 0.4 to 0.5 s were measured on a busy machine.
 */
export const REPORT_DELAY_MS = 350;
/** A longer pause between two tracks is time off air. */
const MAX_GAP_MS = 10_000;

interface Entry {
  readonly since: number;
  readonly state: StationState;
}

/** The last states of a station by server time, to be looked up by a player that is behind. */
export class StateLog {
  /** Oldest first. */
  #entries: readonly Entry[] = [];

  add(state: StationState): void {
    const last = this.#entries.at(-1);
    if (!last) {
      const { position, started_at = state.since } = state.metadata ?? {};
      this.#entries = [...previous(state), { since: position?.at ?? started_at - REPORT_DELAY_MS, state }];
      return;
    }
    if (state.since < last.since - MAX_CLOCK_STEP_MS) {
      this.#entries = [{ since: state.since - REPORT_DELAY_MS, state }];
      return;
    }
    const since = Math.max(began(state, last.state), last.since);
    const before = since === last.since ? this.#entries.slice(0, -1) : this.#entries;
    const oldest = before.findLastIndex((entry) => entry.since < since - KEPT_MS);
    this.#entries = [...before.slice(Math.max(0, oldest)), { since, state }];
  }

  /** The state at a server time; the first that is known, before that. */
  at(time: number): StationState | undefined {
    return (this.#entries.findLast(({ since }) => since <= time) ?? this.#entries[0])?.state;
  }

  /** The time of the first change after `time`. */
  nextChange(time: number): number | undefined {
    return this.#entries.find(({ since }) => since > time)?.since;
  }
}

/** When the audio of a state was on the mount: a snapshot that names another track than before is younger than that. */
function began(state: StationState, before: StationState): number {
  const { metadata } = state;
  const isNew = metadata?.started_at !== before.metadata?.started_at;
  if (metadata?.position && isNew) return metadata.position.at;
  const known = metadata && isNew ? Math.min(state.since, Math.max(metadata.started_at, before.since)) : state.since;
  return known - REPORT_DELAY_MS;
}

/** The state before the current track began, as far as the history tells. */
function previous(state: StationState): Entry[] {
  const [play, ...history] = state.history;
  if (!play || !state.metadata) return [];
  if (state.metadata.started_at - (play.ended_at ?? play.started_at) > MAX_GAP_MS) return [];
  const { play_id, kind, title, artist, started_at } = play;
  const metadata = { play_id, kind, track: { id: "", title, artist }, started_at };
  return [{ since: started_at, state: { ...state, metadata, history } }];
}
