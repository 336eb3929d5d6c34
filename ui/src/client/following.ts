import { SENT_AWAY_MS } from "./connection.ts";
import { Refusal } from "./refusal.ts";
import { apply, fromSnapshot, judge, type StationState } from "./state.ts";
import type { AnyMessage, JoinAnswer, Snapshot } from "./wire.ts";

const RETRY_MS = 3_000;
const MEND_EVERY_MS = 1_000;
/** An answer may overtake an event that was sent before it; only what is still missing after this is a gap. */
const SETTLE_MS = 750;
const UNKNOWN = new Set(["not_found", "invalid_input", "forbidden"]);

/** The part of the connection that is used here. */
export interface Line {
  readonly isUp: boolean;
  ask<T>(event: string, body: object): Promise<T>;
  restart(): void;
}

export interface Told {
  state(state: StationState): void;
  /** We may not join it, for the reason that the sentence gives, until there is a state again. */
  closed(sentence: string): void;
  missing(): void;
  snapshot(snapshot: Snapshot): void;
}

/** One station that is followed: joins it, keeps its events in sequence and joins again when one is missing. */
export class Following {
  readonly slug: string;
  readonly #line: Line;
  readonly #told: Told;
  #state: StationState | undefined;
  /** Events that come while a join is under way; they may be older or newer than its answer. */
  #waiting: AnyMessage[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #joinedAt = 0;
  #over = false;

  constructor(slug: string, line: Line, told: Told) {
    this.slug = slug;
    this.#line = line;
    this.#told = told;
  }

  /** Join, or join again. Called whenever the connection comes up. */
  async join(): Promise<void> {
    if (this.#waiting || this.#over || !this.#line.isUp) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#joinedAt = Date.now();
    const waiting: AnyMessage[] = (this.#waiting = []);
    const before = this.#state;
    const position = before ? { epoch: before.epoch, last_seq: before.seq } : {};
    try {
      const answer = await this.#line.ask<JoinAnswer>("stream:join", { station: this.slug, ...position });
      if (this.#waiting === waiting) this.#joined(answer, waiting);
    } catch (error) {
      if (this.#waiting === waiting) this.#onRefused(error);
    }
  }

  /** The connection is gone: what was waited for will not come. */
  cut(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  leave(): void {
    this.#over = true;
    clearTimeout(this.#timer);
    if (this.#line.isUp) void this.#line.ask("stream:leave", { station: this.slug }).catch(() => undefined);
  }

  receive(message: AnyMessage): void {
    if (this.#waiting) this.#waiting.push(message);
    else if (this.#state) this.#take(message);
  }

  /**
   * The server's top sequence number, from a heartbeat: shows a gap that no later event has shown. There is none where
   * the server does not count us among those who follow: the station was removed, and perhaps made anew.
   */
  checkSeq(seq: number | undefined): void {
    setTimeout(() => {
      if (this.#state && !this.#waiting && (seq === undefined || seq > this.#state.seq)) this.#mend();
    }, SETTLE_MS);
  }

  #joined({ snapshot, missed, recovered }: JoinAnswer, waiting: AnyMessage[]): void {
    this.#waiting = undefined;
    if (this.#over) return;
    // Each missed event is a step that somebody may want to see; the snapshot then is the truth.
    if (recovered) missed.forEach((message) => this.#step(message));
    this.#told.snapshot(snapshot);
    this.#set(fromSnapshot(snapshot, this.#state));
    waiting.forEach((message) => this.receive(message));
  }

  #step(message: AnyMessage): void {
    if (this.#state && judge(this.#state, message) === "apply") this.#set(apply(this.#state, message));
  }

  #take(message: AnyMessage): void {
    if (!this.#state) return;
    if (judge(this.#state, message) === "gap") this.#mend();
    else this.#step(message);
  }

  /** Fetch what is missing, but never in a tight loop: a server in trouble must not be asked ever faster. */
  #mend(): void {
    const since = Date.now() - this.#joinedAt;
    this.#timer ??= setTimeout(() => void this.join(), Math.max(0, MEND_EVERY_MS - since));
  }

  #onRefused(error: unknown): void {
    this.#waiting = undefined;
    if (this.#over) return;
    if (!(error instanceof Refusal)) {
      this.#line.restart();
    } else if (UNKNOWN.has(error.error.code)) {
      this.#told.missing();
    } else {
      const { code, message, retry_after = 0 } = error.error;
      if (code === "banned") this.#told.closed(message);
      const delay = code === "banned" ? SENT_AWAY_MS : retry_after * 1000 || RETRY_MS;
      this.#timer = setTimeout(() => void this.join(), delay);
    }
  }

  #set(state: StationState): void {
    this.#state = state;
    this.#told.state(state);
  }
}
