import { fullJitter } from "./backoff.ts";
import { BAN_RETRY_MS } from "./connection.ts";
import { AwazError } from "./errors.ts";
import { apply, classify, fromSnapshot, type StationState } from "./state.ts";
import { applyChat, chatFromSnapshot, classifyChat, type ChatState } from "./chat-state.ts";
import { isOfChat, type AnyMessage, type SendRequest } from "./messages.ts";
import type { JoinAnswer, Snapshot, StreamJoin } from "../wire/schema.ts";

const RETRY_MS = 3_000;
const RESYNC_INTERVAL_MS = 1_000;
/** What all clients see at once, they do not all ask about at once. */
const RESYNC_SPREAD_MS = 500;
/** A heartbeat's answer may arrive before an event that was sent earlier; wait for it before calling it missing. */
const REORDER_TIMEOUT_MS = 750;
/** What no later attempt changes. */
const FINAL_CODES: ReadonlySet<string> = new Set(["not_found", "invalid_input", "forbidden"]);

/** The subset of the connection that is used. */
export interface Transport {
  readonly isConnected: boolean;
  readonly request: SendRequest;
  reconnect(): void;
}

export interface SubscriptionHandlers {
  state(state: StationState): void;
  /** An event was applied: the state has it in. */
  event(message: AnyMessage): void;
  /** The chat has changed; a snapshot does not go on from the state before. */
  chat(state: ChatState, isSnapshot: boolean): void;
  /** The station was joined. */
  joined(): void;
  /** The station cannot be joined: there is none, or the user is banned from it. The next state ends that. */
  refused(problem: AwazError): void;
  /** The station was joined again after an interruption. */
  recovered(recovery: Recovery): void;
  snapshot(snapshot: Snapshot): void;
}

/** What an interruption has cost. */
export interface Recovery {
  /** How many events were missed and have been delivered now. */
  readonly missed: number;
  /** Whether those were all; if not, the state is right and what happened between is not known. */
  readonly complete: boolean;
}

/** Joins a station, applies its events in order, and joins again when one is missing. */
export class StationSubscription {
  readonly slug: string;
  readonly #transport: Transport;
  readonly #handlers: SubscriptionHandlers;
  #state: StationState | undefined;
  #chat: ChatState | undefined;
  /** Events received during a join; they may be older or newer than its answer. */
  #pending: AnyMessage[] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #joinedAt = 0;
  #hasJoined = false;
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
    const [before, chat] = [this.#state, this.#chat];
    // Not as parts of one object, where a field of another name would go unnoticed.
    const position: Pick<StreamJoin, "epoch" | "last_seq"> = before
      ? { epoch: before.epoch, last_seq: before.seq }
      : {};
    const ofChat: Pick<StreamJoin, "chat"> = chat ? { chat: { epoch: chat.epoch, last_seq: chat.seq } } : {};
    try {
      const answer = await this.#transport.request("stream:join", { station: this.slug, ...position, ...ofChat });
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
    else if (isOfChat(message, this.#chat?.epoch)) this.#handleChat(message);
    else if (this.#state) this.#handle(message);
  }

  /**
   * Compare the state with the sequence numbers of the station and of its chat from a heartbeat, to detect a gap that no
   * later event has revealed. They are undefined if the server has no such subscription, as after the station was removed.
   */
  checkSeq(seq: number | undefined, chatSeq: number | undefined): void {
    setTimeout(() => {
      const isBehind = seq === undefined || (this.#state && seq > this.#state.seq);
      const isChatBehind = this.#chat && chatSeq !== undefined && chatSeq > this.#chat.seq;
      if (this.#state && !this.#pending && (isBehind || isChatBehind)) this.resync();
    }, REORDER_TIMEOUT_MS);
  }

  #onJoined({ snapshot, missed, recovered, chat }: JoinAnswer, pending: AnyMessage[]): void {
    this.#pending = undefined;
    if (this.#closed) return;
    // Emit a state for each missed event, then for the snapshot, which is authoritative.
    const delivered = recovered ? missed.filter((message) => this.#applyIfNext(message)).length : 0;
    this.#handlers.snapshot(snapshot);
    this.#setState(fromSnapshot(snapshot, this.#state));
    if (chat?.recovered) chat.missed.forEach((message) => this.#handleChat(message));
    else if (snapshot.chat) this.#setChat(chatFromSnapshot(snapshot.chat), true);
    this.#handlers.joined();
    if (this.#hasJoined) this.#handlers.recovered({ missed: delivered, complete: recovered });
    this.#hasJoined = true;
    pending.forEach((message) => this.receive(message));
  }

  /** Returns whether it was the next one. */
  #applyIfNext(message: AnyMessage): boolean {
    if (!this.#state || classify(this.#state, message) !== "apply") return false;
    this.#setState(apply(this.#state, message));
    this.#handlers.event(message);
    return true;
  }

  #handle(message: AnyMessage): void {
    if (!this.#state) return;
    if (classify(this.#state, message) === "gap") this.resync();
    else this.#applyIfNext(message);
  }

  #handleChat(message: AnyMessage): void {
    if (!this.#chat) return;
    const verdict = classifyChat(this.#chat, message);
    if (verdict === "gap") this.resync();
    else if (verdict === "apply") this.#setChat(applyChat(this.#chat, message));
    if (verdict === "apply" || verdict === "tell") this.#handlers.event(message);
  }

  #setChat(chat: ChatState, isSnapshot = false): void {
    this.#chat = chat;
    this.#handlers.chat(chat, isSnapshot);
  }

  /** Join again soon, at most once per interval, so that a failing server is not flooded. */
  resync(): void {
    const elapsed = Date.now() - this.#joinedAt;
    this.#timer ??= setTimeout(
      () => void this.join(),
      Math.max(0, RESYNC_INTERVAL_MS - elapsed) + spread(RESYNC_SPREAD_MS),
    );
  }

  #onJoinFailed(error: unknown): void {
    this.#pending = undefined;
    if (this.#closed) return;
    if (!(error instanceof AwazError)) {
      this.#transport.reconnect();
      return;
    }
    const isFinal = FINAL_CODES.has(error.code);
    if (isFinal) this.#state = undefined;
    if (isFinal || error.code === "banned") this.#handlers.refused(error);
    if (isFinal) return;
    const delay = error.code === "banned" ? BAN_RETRY_MS : (error.retryAfter * 1000 || RETRY_MS) + spread(RETRY_MS);
    this.#timer = setTimeout(() => void this.join(), delay);
  }

  #setState(state: StationState): void {
    this.#state = state;
    this.#handlers.state(state);
  }
}

function spread(milliseconds: number): number {
  return fullJitter(0, milliseconds, milliseconds);
}
