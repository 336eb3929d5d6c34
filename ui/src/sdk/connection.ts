import { fullJitter } from "./backoff.ts";
import { RequestError, type Problem } from "./request-error.ts";
import type { TokenSource } from "./http.ts";
import type { CreateSocket, SocketLike } from "./socket.ts";
import { isEnvelope, isRefusal, type AnyMessage, type SendRequest } from "./messages.ts";
import type { AuthEnded, DigestEntry } from "../wire/schema.ts";

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
const ACK_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 15_000;
const MAX_SHUTDOWN_DELAY_MS = 60_000;
/** A ban may be lifted at any time, but checking once a minute is enough. */
export const BAN_RETRY_MS = 60_000;

export interface ConnectionHandlers {
  connected(): void;
  disconnected(): void;
  /** The server rejects this user; `reason` is its error message. */
  banned(reason: string): void;
  rolesChanged(): void;
  digest(stations: readonly DigestEntry[], removed: readonly string[] | undefined): void;
  /** An event of a station. */
  message(message: AnyMessage): void;
}

/**
 * A socket that reconnects automatically. It replaces socket.io's own reconnection, which does not fetch a new token
 * first, does not retry after a refused handshake, and does not use full jitter.
 */
export class Connection {
  readonly #socket: SocketLike;
  readonly #tokens: TokenSource;
  readonly #handlers: ConnectionHandlers;
  #token = "";
  #started = false;
  #attempts = 0;
  /** Identifies the current attempt, so that an earlier one that is still fetching its token is ignored. */
  #attemptId = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryNotBefore = 0;
  #minRetryDelayMs = 0;
  #rejectedTokens = 0;

  constructor(tokens: TokenSource, handlers: ConnectionHandlers, createSocket: CreateSocket) {
    this.#tokens = tokens;
    this.#handlers = handlers;
    this.#socket = createSocket(() => this.#token);
    this.#socket.on("connect", () => this.#onConnect());
    this.#socket.on("disconnect", () => this.#scheduleRetry(this.#minRetryDelayMs));
    this.#socket.on("connect_error", (error: Error) => this.#onConnectError(error));
    this.#socket.on("auth:expired", () => this.#onTokenExpired());
    this.#socket.on("auth:ended", (data) => this.#onSessionEnded(data));
    this.#socket.on("auth:roles", () => this.#handlers.rolesChanged());
    this.#socket.on("platform:digest", ({ stations, removed }) => this.#handlers.digest(stations, removed));
    this.#socket.on("server:going_away", ({ retry_after_ms }) => {
      this.#minRetryDelayMs = Math.min(Math.max(retry_after_ms, 0), MAX_SHUTDOWN_DELAY_MS);
    });
    this.#socket.onAny((event: string, data: unknown) => {
      if (isEnvelope(data)) this.#handlers.message({ event, data });
    });
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#connect();
  }

  stop(): void {
    this.#started = false;
    this.#attemptId += 1;
    clearTimeout(this.#timer);
    this.#socket.disconnect();
  }

  get isConnected(): boolean {
    return this.#socket.connected;
  }

  /** Retry without waiting for the backoff, unless the server asked for a delay. */
  retryNow(): void {
    if (!this.#started || this.#socket.connected || Date.now() < this.#retryNotBefore) return;
    this.#attempts = 0;
    void this.#connect();
  }

  /** Replace a connection that does not respond or whose token has expired. */
  reconnect(): void {
    if (this.#socket.connected) this.#socket.disconnect();
  }

  /** Send a request; throws RequestError if the server refuses it, and another Error on a timeout. */
  readonly request: SendRequest = async (event, body) => {
    const ack = await this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, body);
    if (isRefusal(ack)) throw new RequestError(ack.error);
    return ack;
  };

  /** Send the current token if it has changed since the connection was opened. */
  async refreshToken(): Promise<void> {
    const token = await this.#tokens.token();
    if (token === this.#token || !this.isConnected) return;
    this.#token = token;
    await this.request("auth:refresh", { token });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    const attemptId = (this.#attemptId += 1);
    try {
      this.#token = await this.#tokens.token();
    } catch (error) {
      if (attemptId === this.#attemptId) this.#onRejected(error instanceof RequestError ? error.error : {});
      return;
    }
    if (attemptId !== this.#attemptId) return;
    // The library has no timeout for the answer to its handshake.
    this.#timer = setTimeout(() => {
      this.#socket.disconnect();
      this.#scheduleRetry();
    }, CONNECT_TIMEOUT_MS);
    this.#socket.connect();
  }

  #scheduleRetry(minDelayMs = 0): void {
    if (!this.#started) return;
    this.#handlers.disconnected();
    clearTimeout(this.#timer);
    this.#retryNotBefore = Date.now() + minDelayMs;
    const delay = minDelayMs + fullJitter(this.#attempts, BACKOFF_BASE_MS, BACKOFF_MAX_MS);
    this.#attempts += 1;
    this.#timer = setTimeout(() => void this.#connect(), delay);
  }

  #onRejected({ code, message = "", retry_after = 0 }: Partial<Problem>): void {
    if (code === "banned") this.#handlers.banned(message);
    this.#scheduleRetry(code === "banned" ? BAN_RETRY_MS : retry_after * 1000);
  }

  #onConnect(): void {
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#rejectedTokens = 0;
    this.#minRetryDelayMs = 0;
    this.#handlers.connected();
  }

  #onConnectError(error: Error): void {
    // Only an error from the server has a `data` field.
    const body = "data" in error ? ((error.data as Partial<Problem> | undefined) ?? {}) : undefined;
    if (body && !body.retryable && body.code !== "banned") {
      this.#tokens.invalidate(this.#token);
      this.#rejectedTokens += 1;
      if (this.#rejectedTokens === 1) {
        void this.#connect();
        return;
      }
    }
    this.#onRejected(body ?? {});
  }

  #onTokenExpired(): void {
    this.#tokens.invalidate(this.#token);
    this.refreshToken().catch(() => this.reconnect());
  }

  /** The server is about to disconnect; the code decides how to retry. */
  #onSessionEnded({ code, message, station }: AuthEnded): void {
    // Whoever is banned from a station is told so again when it is joined.
    if (station !== undefined) return;
    if (code === "banned") {
      this.#minRetryDelayMs = BAN_RETRY_MS;
      this.#handlers.banned(message);
    } else {
      this.#tokens.invalidate(this.#token);
    }
  }
}
