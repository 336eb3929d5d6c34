import { fullJitter } from "./backoff.ts";
import { AwazError, AwazRefused, type Problem } from "./errors.ts";
import { isEnvelope, isRefusal, type AnyMessage, type DataOf, type SendRequest } from "./messages.ts";
import type { CreateSocket, SocketLike } from "./socket.ts";
import type { GetToken, TokenReason } from "./tokens.ts";
import type { AuthEnded, DigestEntry } from "../wire/schema.ts";

const BACKOFF_BASE_MS = 1_000;
const BACKOFF_MAX_MS = 30_000;
const ACK_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 15_000;
const MAX_SHUTDOWN_DELAY_MS = 60_000;
/** A ban may be lifted at any time, but checking once a minute is enough. */
export const BAN_RETRY_MS = 60_000;

/** Why there is no connection, and until when. */
export interface Interruption {
  /** What the server or the source of tokens said; undefined if the connection was lost. */
  readonly problem: AwazError | undefined;
  /** When the next attempt is made, in unix milliseconds; undefined if none is. */
  readonly retryAt: number | undefined;
}

export interface ConnectionHandlers {
  connecting(): void;
  connected(): void;
  /** The connection was lost, refused or could not be made. */
  interrupted(interruption: Interruption): void;
  rolesChanged(): void;
  digest(stations: readonly DigestEntry[], removed: readonly string[] | undefined): void;
  /** An event of the room in which this client listens together with others. */
  together(data: DataOf<"together:members"> | DataOf<"together:marked">): void;
  /** An event of a station. */
  message(message: AnyMessage): void;
}

/**
 * A socket that reconnects automatically. It replaces socket.io's own reconnection, which does not fetch a new token
 * first, does not retry after a refused handshake, and does not use full jitter.
 */
export class Connection {
  readonly #socket: SocketLike;
  readonly #getToken: GetToken;
  readonly #handlers: ConnectionHandlers;
  #token = "";
  /** Why the next token is asked for. */
  #reason: TokenReason = "connect";
  #started = false;
  #attempts = 0;
  /** Aborts the current attempt, so that one that is still fetching its token is ignored. */
  #attempt = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #retryNotBefore = 0;
  #minRetryDelayMs = 0;
  #rejectedTokens = 0;
  /** What the server said before it disconnected. */
  #farewell: AwazError | undefined;

  constructor(getToken: GetToken, handlers: ConnectionHandlers, createSocket: CreateSocket) {
    this.#getToken = getToken;
    this.#handlers = handlers;
    this.#socket = createSocket(() => this.#token);
    this.#socket.on("connect", () => this.#onConnect());
    this.#socket.on("disconnect", () => this.#scheduleRetry(this.#minRetryDelayMs, this.#farewell));
    this.#socket.on("connect_error", (error: Error) => this.#onConnectError(error));
    this.#socket.on("auth:expired", () => this.#onTokenExpired());
    this.#socket.on("auth:ended", (data) => this.#onSessionEnded(data));
    this.#socket.on("auth:roles", () => this.#handlers.rolesChanged());
    this.#socket.on("platform:digest", ({ stations, removed }) => this.#handlers.digest(stations, removed));
    this.#socket.on("together:members", (data) => this.#handlers.together(data));
    this.#socket.on("together:marked", (data) => this.#handlers.together(data));
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
    this.#attempt.abort();
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

  /** Send a request; throws AwazError if the server refuses it, and another Error on a timeout. */
  readonly request: SendRequest = async (event, body) => {
    const ack = await this.#socket.timeout(ACK_TIMEOUT_MS).emitWithAck(event, body);
    if (isRefusal(ack)) throw new AwazError(ack.error);
    return ack;
  };

  /** Send the current token if it has changed since the connection was opened. */
  async refreshToken(reason: TokenReason = "renew"): Promise<void> {
    const token = await this.#ask(reason);
    if (token === this.#token || !this.isConnected) return;
    this.#token = token;
    await this.request("auth:refresh", { token });
  }

  #ask(reason: TokenReason): Promise<string> {
    const last = this.#token ? { last: this.#token } : {};
    return this.#getToken({ reason, ...last, signal: this.#attempt.signal });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#attempt.abort();
    const attempt = (this.#attempt = new AbortController());
    this.#handlers.connecting();
    try {
      const token = await this.#ask(this.#reason);
      if (attempt.signal.aborted) return;
      this.#token = token;
      this.#reason = "connect";
    } catch (error) {
      if (!attempt.signal.aborted) this.#onNoToken(error);
      return;
    }
    // The library has no timeout for the answer to its handshake.
    this.#timer = setTimeout(() => {
      this.#socket.disconnect();
      this.#scheduleRetry();
    }, CONNECT_TIMEOUT_MS);
    this.#socket.connect();
  }

  #onNoToken(error: unknown): void {
    if (error instanceof AwazRefused) {
      this.#started = false;
      this.#handlers.interrupted({ problem: error, retryAt: undefined });
    } else {
      this.#onRejected(error instanceof AwazError ? error : undefined);
    }
  }

  #scheduleRetry(minDelayMs = 0, problem?: AwazError): void {
    if (!this.#started) return;
    clearTimeout(this.#timer);
    this.#retryNotBefore = Date.now() + minDelayMs;
    const delay = minDelayMs + fullJitter(this.#attempts, BACKOFF_BASE_MS, BACKOFF_MAX_MS);
    this.#attempts += 1;
    this.#timer = setTimeout(() => void this.#connect(), delay);
    this.#handlers.interrupted({ problem, retryAt: Date.now() + delay });
  }

  #onRejected(problem: AwazError | undefined): void {
    this.#scheduleRetry(problem?.code === "banned" ? BAN_RETRY_MS : (problem?.retryAfter ?? 0) * 1000, problem);
  }

  #onConnect(): void {
    clearTimeout(this.#timer);
    this.#attempts = 0;
    this.#rejectedTokens = 0;
    this.#minRetryDelayMs = 0;
    this.#farewell = undefined;
    this.#handlers.connected();
  }

  #onConnectError(error: Error): void {
    // Only an error from the server has a `data` field.
    const problem = "data" in error && error.data ? new AwazError(error.data as Problem) : undefined;
    if (problem && !problem.retryable && problem.code !== "banned") {
      this.#reason = "refused";
      this.#rejectedTokens += 1;
      if (this.#rejectedTokens === 1) {
        void this.#connect();
        return;
      }
    }
    this.#onRejected(problem);
  }

  #onTokenExpired(): void {
    this.refreshToken("expired").catch(() => this.reconnect());
  }

  /** The server is about to disconnect; the code decides how to retry. */
  #onSessionEnded({ code, message, station, ban }: AuthEnded): void {
    // Whoever is banned from a station is told so again when it is joined.
    if (station !== undefined) return;
    if (code === "banned") {
      this.#minRetryDelayMs = BAN_RETRY_MS;
      this.#farewell = new AwazError({ code, message, retryable: false, ban });
    } else {
      this.#reason = "refused";
    }
  }
}
