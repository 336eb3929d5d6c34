import { fullJitter } from "./backoff.ts";
import { Refusal } from "./refusal.ts";
import type { TokenSource } from "./session.ts";
import type { BareSocket, MakeSocket } from "./socket.ts";
import type { Ack, AnyMessage, ErrorBody } from "./wire.ts";

const BASE_MS = 1_000;
const CAP_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 15_000;
const LEAVING_CAP_MS = 60_000;
/** Somebody who was sent away may be allowed again, but nobody waits for that by the second. */
export const SENT_AWAY_MS = 60_000;

export interface Handlers {
  up(): void;
  down(): void;
  /** The server wants nothing to do with us, and says why. */
  sentAway(sentence: string): void;
  message(message: AnyMessage): void;
}

/**
 * One socket that comes back by itself. socket.io's own reconnection is off: it neither fetches a fresh token first,
 * nor returns after a refused handshake, nor spreads the returns of many clients over the whole delay.
 */
export class Connection {
  readonly #socket: BareSocket;
  readonly #tokens: TokenSource;
  readonly #handlers: Handlers;
  #token = "";
  #wanted = false;
  #attempt = 0;
  #trial = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #notBefore = 0;
  #waitAtLeastMs = 0;
  #refusals = 0;

  constructor(tokens: TokenSource, handlers: Handlers, makeSocket: MakeSocket) {
    this.#tokens = tokens;
    this.#handlers = handlers;
    this.#socket = makeSocket(() => this.#token);
    this.#socket.on("connect", () => this.#onConnect());
    this.#socket.on("disconnect", () => this.#later(this.#waitAtLeastMs));
    this.#socket.on("connect_error", (error: Error) => this.#onConnectError(error));
    this.#socket.onAny((event: string, data: unknown) => this.#onMessage(event, data));
  }

  start(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    void this.#try();
  }

  stop(): void {
    this.#wanted = false;
    this.#trial += 1;
    clearTimeout(this.#timer);
    this.#socket.disconnect();
  }

  get isUp(): boolean {
    return this.#socket.connected;
  }

  /** Try now rather than when the delay is over: the network or the user came back. */
  hurry(): void {
    if (!this.#wanted || this.#socket.connected || Date.now() < this.#notBefore) return;
    this.#attempt = 0;
    void this.#try();
  }

  /** Give this connection up for a new one: it does not answer, or its token has run out. */
  restart(): void {
    if (this.#socket.connected) this.#socket.disconnect();
  }

  /** Ask and await the answer; throws Refusal for a no, another Error when there is no answer in time. */
  async ask<T>(event: string, body: object): Promise<T> {
    const ack = (await this.#socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, body)) as Ack<T>;
    if (!ack.ok) throw new Refusal(ack.error);
    return ack;
  }

  /** Hand in the next token before the one that opened this connection runs out. */
  async renewToken(): Promise<void> {
    const token = await this.#tokens.token();
    if (token === this.#token || !this.isUp) return;
    this.#token = token;
    await this.ask("auth:refresh", { token });
  }

  async #try(): Promise<void> {
    clearTimeout(this.#timer);
    const trial = (this.#trial += 1);
    try {
      this.#token = await this.#tokens.token();
    } catch (error) {
      if (trial === this.#trial) this.#afterNo(error instanceof Refusal ? error.error : {});
      return;
    }
    if (trial !== this.#trial) return;
    // The library waits for ever for the answer to its handshake.
    this.#timer = setTimeout(() => {
      this.#socket.disconnect();
      this.#later();
    }, CONNECT_WITHIN_MS);
    this.#socket.connect();
  }

  #later(atLeastMs = 0): void {
    if (!this.#wanted) return;
    this.#handlers.down();
    clearTimeout(this.#timer);
    this.#notBefore = Date.now() + atLeastMs;
    const delay = atLeastMs + fullJitter(this.#attempt, BASE_MS, CAP_MS);
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#try(), delay);
  }

  #afterNo({ code, message = "", retry_after = 0 }: Partial<ErrorBody>): void {
    if (code === "banned") this.#handlers.sentAway(message);
    this.#later(code === "banned" ? SENT_AWAY_MS : retry_after * 1000);
  }

  #onConnect(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#refusals = 0;
    this.#waitAtLeastMs = 0;
    this.#handlers.up();
  }

  #onConnectError(error: Error): void {
    // Only the server's own refusal carries a `data` field.
    const no = "data" in error ? ((error.data as Partial<ErrorBody> | undefined) ?? {}) : undefined;
    if (no && !no.retryable && no.code !== "banned") {
      this.#tokens.refused(this.#token);
      this.#refusals += 1;
      if (this.#refusals === 1) {
        void this.#try();
        return;
      }
    }
    this.#afterNo(no ?? {});
  }

  #onMessage(event: string, data: unknown): void {
    if (event === "auth:expired") {
      this.#tokens.refused(this.#token);
      this.renewToken().catch(() => this.restart());
    } else if (event === "auth:ended") {
      this.#onEnded(data as Partial<ErrorBody>);
    } else if (event === "server:going_away") {
      const after = (data as { retry_after_ms?: unknown } | undefined)?.retry_after_ms;
      this.#waitAtLeastMs = typeof after === "number" ? Math.min(Math.max(after, 0), LEAVING_CAP_MS) : 0;
    } else if (typeof data === "object" && data !== null) {
      this.#handlers.message({ event, data: data as AnyMessage["data"] });
    }
  }

  /** The server is about to cut the connection; what follows the cut depends on why. */
  #onEnded({ code, message = "" }: Partial<ErrorBody>): void {
    if (code === "banned") {
      this.#waitAtLeastMs = SENT_AWAY_MS;
      this.#handlers.sentAway(message);
    } else {
      this.#tokens.refused(this.#token);
    }
  }
}
