import { io, type Socket } from "socket.io-client";
import { fullJitter } from "./backoff.ts";
import { Refusal } from "./refusal.ts";
import type { TokenSource } from "./session.ts";
import type { Ack, AnyMessage, ErrorBody } from "./wire.ts";

const BASE_MS = 1_000;
const CAP_MS = 30_000;
const ANSWER_WITHIN_MS = 10_000;
const CONNECT_WITHIN_MS = 15_000;

export interface Handlers {
  up(): void;
  down(): void;
  message(message: AnyMessage): void;
}

/**
 * One socket that comes back by itself. socket.io's own reconnection is off: it neither fetches a fresh token first,
 * nor returns after a refused handshake, nor spreads the returns of many clients over the whole delay.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #tokens: TokenSource;
  readonly #handlers: Handlers;
  #token = "";
  #wanted = false;
  #attempt = 0;
  #trial = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitAtLeastMs = 0;
  #refusals = 0;

  constructor(tokens: TokenSource, handlers: Handlers, url?: string) {
    this.#tokens = tokens;
    this.#handlers = handlers;
    const options = {
      path: "/socket.io/",
      transports: ["websocket"],
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      auth: (give: (auth: object) => void) => give({ token: this.#token }),
    };
    this.#socket = url ? io(url, options) : io(options);
    this.#socket.on("connect", () => this.#onConnect());
    this.#socket.on("disconnect", () => this.#onDisconnect());
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
    if (!this.#wanted || this.#socket.connected) return;
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
    } catch {
      if (trial === this.#trial) this.#later();
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
    const delay = atLeastMs + fullJitter(this.#attempt, BASE_MS, CAP_MS);
    this.#attempt += 1;
    this.#timer = setTimeout(() => void this.#try(), delay);
  }

  #onConnect(): void {
    clearTimeout(this.#timer);
    this.#attempt = 0;
    this.#refusals = 0;
    this.#waitAtLeastMs = 0;
    this.#handlers.up();
  }

  #onDisconnect(): void {
    this.#later(this.#waitAtLeastMs);
  }

  #onConnectError(error: Error): void {
    // Only the server's own refusal carries a `data` field.
    const refusal = "data" in error ? ((error.data as Partial<ErrorBody> | undefined) ?? {}) : undefined;
    if (refusal && !refusal.retryable) {
      this.#tokens.refused();
      this.#refusals += 1;
      if (this.#refusals === 1) {
        void this.#try();
        return;
      }
    }
    this.#later();
  }

  #onMessage(event: string, data: unknown): void {
    if (event === "auth:expired") {
      this.#tokens.refused();
      this.restart();
    } else if (event === "server:going_away") {
      const after = (data as { retry_after_ms?: unknown } | undefined)?.retry_after_ms;
      this.#waitAtLeastMs = typeof after === "number" ? Math.min(Math.max(after, 0), 60_000) : 0;
    } else if (typeof data === "object" && data !== null) {
      this.#handlers.message({ event, data: data as AnyMessage["data"] });
    }
  }
}
