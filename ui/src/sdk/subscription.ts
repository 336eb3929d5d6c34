import { BAN_RETRY_MS } from "./connection.ts";
import { RequestError } from "./request-error.ts";
import { apply, classify, fromSnapshot, type StationState } from "./state.ts";
import type { AnyMessage, SendRequest } from "./messages.ts";
import type { JoinAnswer, Snapshot, StreamJoin } from "../wire/schema.ts";

const RETRY_MS = 3_000;
const RESYNC_INTERVAL_MS = 1_000;
/** A heartbeat's answer may arrive before an event that was sent earlier; wait for it before calling it missing. */
const REORDER_TIMEOUT_MS = 750;
const NOT_FOUND_CODES = new Set(["not_found", "invalid_input", "forbidden"]);

/** The subset of the connection that is used. */
export interface Transport {
  readonly isConnected: boolean;
  readonly request: SendRequest;
  reconnect(): void;
}

export interface SubscriptionHandlers {
  state(state: StationState): void;
  /** The user is banned from the station; `reason` is the server's message. The next state ends the ban. */
  banned(reason: string): void;
  notFound(): void;
  snapshot(snapshot: Snapshot): void;
}

/** Joins a station, applies its events in order, and joins again when one is missing. */
export class StationSubscription {
  readonly slug: string;
  readonly #transport: Transport;
  readonly #handlers: SubscriptionHandlers;
  #state: StationState | undefined;
  /** Events received during a join; they may be older or newer than its answer. */
  #pending: AnyMessage[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #joinedAt = 0;
  #closed = false;

  /** `known` is the state that the first join goes on from. */
  constructor(slug: string, transport: Transport, handlers: SubscriptionHandlers, known?: StationState) {
    this.slug = slug;
    this.#state = known;
    this.#transport = transport;
    this.#handlers = handlers;
  }

  /** Join or rejoin the station. To be called after each connect. */
  async join(): Promise<void> {
    if (this.#pending || this.#closed || !this.#transport.isConnected) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#joinedAt = Date.now();
    const pending: AnyMessage[] = (this.#pending = []);
    const before = this.#state;
    const position: Pick<StreamJoin, "epoch" | "last_seq"> = before
      ? { epoch: before.epoch, last_seq: before.seq }
      : {};
    try {
      const answer = await this.#transport.request("stream:join", { station: this.slug, ...position });
      if (this.#pending === pending) this.#onJoined(answer, pending);
    } catch (error) {
      if (this.#pending === pending) this.#onJoinFailed(error);
    }
  }

  /** Cancel a pending join. To be called after each disconnect. */
  onDisconnected(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pending = undefined;
  }

  leave(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    if (!this.#transport.isConnected) return;
    void this.#transport.request("stream:leave", { station: this.slug }).catch(() => undefined);
  }

  receive(message: AnyMessage): void {
    if (this.#pending) this.#pending.push(message);
    else if (this.#state) this.#handle(message);
  }

  /**
   * Compare the state with the station's sequence number from a heartbeat, to detect a gap that no later event has
   * revealed. The number is undefined if the server has no such subscription, as after the station was removed.
   */
  checkSeq(seq: number | undefined): void {
    setTimeout(() => {
      if (this.#state && !this.#pending && (seq === undefined || seq > this.#state.seq)) this.#resync();
    }, REORDER_TIMEOUT_MS);
  }

  #onJoined({ snapshot, missed, recovered }: JoinAnswer, pending: AnyMessage[]): void {
    this.#pending = undefined;
    if (this.#closed) return;
    // Emit a state for each missed event, then for the snapshot, which is authoritative.
    if (recovered) missed.forEach((message) => this.#applyIfNext(message));
    this.#handlers.snapshot(snapshot);
    this.#setState(fromSnapshot(snapshot, this.#state));
    pending.forEach((message) => this.receive(message));
  }

  #applyIfNext(message: AnyMessage): void {
    if (this.#state && classify(this.#state, message) === "apply") this.#setState(apply(this.#state, message));
  }

  #handle(message: AnyMessage): void {
    if (!this.#state) return;
    if (classify(this.#state, message) === "gap") this.#resync();
    else this.#applyIfNext(message);
  }

  /** Join again, at most once per interval, so that a failing server is not flooded. */
  #resync(): void {
    const elapsed = Date.now() - this.#joinedAt;
    this.#timer ??= setTimeout(() => void this.join(), Math.max(0, RESYNC_INTERVAL_MS - elapsed));
  }

  #onJoinFailed(error: unknown): void {
    this.#pending = undefined;
    if (this.#closed) return;
    if (!(error instanceof RequestError)) {
      this.#transport.reconnect();
    } else if (NOT_FOUND_CODES.has(error.error.code)) {
      this.#handlers.notFound();
    } else {
      const { code, message, retry_after = 0 } = error.error;
      if (code === "banned") this.#handlers.banned(message);
      const delay = code === "banned" ? BAN_RETRY_MS : retry_after * 1000 || RETRY_MS;
      this.#timer = setTimeout(() => void this.join(), delay);
    }
  }

  #setState(state: StationState): void {
    this.#state = state;
    this.#handlers.state(state);
  }
}
