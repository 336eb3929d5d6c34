import { createNanoEvents } from "nanoevents";
import { fullJitter } from "./backoff.ts";
import type { TimeSource } from "./audio/synced-stream.ts";
import { ServerClock, steadyNow } from "./clock.ts";
import { Connection, type ConnectionHandlers, type Interruption } from "./connection.ts";
import { applyDigest, applyOnAir, type Directory } from "./directory.ts";
import { AwazError } from "./errors.ts";
import { isKnown, type AnyMessage } from "./messages.ts";
import { socketFactory, type CreateSocket } from "./socket.ts";
import { fromSnapshot } from "./state.ts";
import { Station } from "./station.ts";
import { StationSubscription } from "./subscription.ts";
import type { GetToken } from "./tokens.ts";
import { to, type ApiRequest } from "./api.ts";
import { callApi } from "./http.ts";
import type { DigestEntry, Snapshot, StreamHeartbeat } from "../wire/schema.ts";

/** While others see how exactly one plays, there is a heartbeat each time. */
const TICK_MS = 2_500;
const HEARTBEAT_TICKS = 10;
const CLOCK_SAMPLES = 4;
const WATCH_RETRY_MS = 3_000;

/**
 * "idle" before `connect`, "waiting" between two attempts, "refused" when the server or the source of tokens does not
 * let this user in, "closed" after `close`.
 */
export type ConnectionState = "idle" | "connecting" | "connected" | "waiting" | "refused" | "closed";

export interface ConnectionStatus {
  readonly state: ConnectionState;
  /** Why the client is waiting or refused; undefined if the connection was lost. */
  readonly problem?: AwazError | undefined;
  /** When the next attempt is made, in unix milliseconds; undefined if none is. */
  readonly retryAt?: number | undefined;
  /** How many attempts have failed since there was a connection. */
  readonly failures: number;
}

interface ClientListeners {
  state: (status: ConnectionStatus) => void;
  directory: (directory: Directory) => void;
  /** The roles of the user have changed. */
  roles: () => void;
}

/** The playback metrics of a heartbeat. */
export type PlaybackStats = Omit<StreamHeartbeat, "t">;

export interface AwazOptions {
  getToken: GetToken;
  /** The server's address; by default the page's own. */
  url?: string;
  /** Whether to subscribe to the directory of public stations; true by default. */
  watchDirectory?: boolean;
  playbackStats?: () => PlaybackStats | undefined;
  /** What is known before the first connection; what the server says replaces it. */
  directory?: Directory | undefined;
  snapshot?: Snapshot | undefined;
  /** Replaces the socket in tests. */
  createSocket?: CreateSocket;
}

/** Keeps the state of stations up to date across disconnects, gaps and server restarts. */
export class AwazClient {
  readonly clock = new ServerClock();
  readonly #options: AwazOptions;
  readonly #connection: Connection;
  readonly #stations = new Map<string, Station>();
  /** Of the stations that are joined. */
  readonly #subscriptions = new Map<string, StationSubscription>();
  readonly #events = createNanoEvents<ClientListeners>();
  #status: ConnectionStatus = { state: "idle", failures: 0 };
  #directory: Directory | undefined;
  #reported = "";
  #heartbeatTimer: ReturnType<typeof setInterval> | undefined;
  #watchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AwazOptions) {
    this.#options = options;
    this.#directory = options.directory;
    if (options.snapshot) this.clock.hint(steadyNow(), options.snapshot.server_time);
    const handlers: ConnectionHandlers = {
      connecting: () => this.#onConnecting(),
      connected: () => void this.#onConnected(),
      interrupted: (interruption) => this.#onInterrupted(interruption),
      rolesChanged: () => this.#events.emit("roles"),
      digest: (stations, removed) => this.#onDigest(stations, removed),
      together: (data) => this.#stations.get(data.station)?.together.take(data),
      message: (message) => this.#onMessage(message),
    };
    this.#connection = new Connection(options.getToken, handlers, options.createSocket ?? socketFactory(options.url));
  }

  get status(): ConnectionStatus {
    return this.#status;
  }

  /** All public stations; undefined until the server has sent them. */
  get directory(): Directory | undefined {
    return this.#directory;
  }

  /** A station, always the same object for the same slug. */
  station(slug: string): Station {
    const station = this.#stations.get(slug) ?? this.#createStation(slug);
    this.#stations.set(slug, station);
    return station;
  }

  /** Call `listener` on each event of a name; returns a function that ends that. */
  on<Name extends keyof ClientListeners>(event: Name, listener: ClientListeners[Name]): () => void {
    return this.#events.on(event, listener);
  }

  connect(): void {
    this.#connection.start();
  }

  /** Disconnect, until `connect` is called again. */
  close(): void {
    clearInterval(this.#heartbeatTimer);
    clearTimeout(this.#watchTimer);
    this.#connection.stop();
    this.#setStatus({ state: "closed", failures: 0 });
  }

  /** Check the connection now, because the network is back or the page is visible again. */
  checkConnection(): void {
    if (this.#connection.isConnected) void this.#heartbeat();
    else this.#connection.retryNow();
  }

  #createStation(slug: string): Station {
    const { snapshot } = this.#options;
    const state = snapshot?.station.slug === slug ? fromSnapshot(snapshot) : undefined;
    return new Station(
      slug,
      () => this.clock.now(),
      (handlers, known) => {
        const subscription = new StationSubscription(
          slug,
          this.#connection,
          { ...handlers, snapshot: ({ server_time }) => this.clock.hint(steadyNow(), server_time) },
          known,
        );
        this.#subscriptions.set(slug, subscription);
        void subscription.join();
        return () => {
          subscription.leave();
          this.#subscriptions.delete(slug);
        };
      },
      state,
      {
        request: this.#connection.request,
        isConnected: () => this.#connection.isConnected,
        leaveOtherRooms: () =>
          this.#stations.forEach(({ together }, other) => {
            if (other !== slug) together.left();
          }),
        now: () => this.clock.now(),
        lagMs: () => this.#lagMs(slug),
        before: (id) => this.#call(to("GET /api/v1/stations/{slug}/chat", { path: { slug }, query: { before: id } })),
        held: () => this.#call(to("GET /api/v1/stations/{slug}/chat/held", { path: { slug } })),
        reports: () => this.#call(to("GET /api/v1/stations/{slug}/chat/reports", { path: { slug } })),
      },
    );
  }

  /** How far a station that plays here is behind its mount. */
  #lagMs(slug: string): number | undefined {
    const stats = this.#options.playbackStats?.();
    return stats?.station === slug ? stats.latency_ms : undefined;
  }

  async #call<Answer>(request: ApiRequest<Answer>): Promise<Answer> {
    const token = await this.#options.getToken({ reason: "connect", signal: new AbortController().signal });
    return this.#public(request, { token });
  }

  #public<Answer>(request: ApiRequest<Answer>, options: { token?: string } = {}): Promise<Answer> {
    return callApi({ ...request, url: new URL(request.url, this.#options.url ?? location.href).href }, options);
  }

  /** Drop what was written in chats and is not shown: its author is somebody else now. */
  forget(): void {
    this.#stations.forEach(({ chat }) => chat.forget());
  }

  /** Have the server know of another token of the same user, or of a user where a guest was. */
  async refreshToken(): Promise<void> {
    await this.#connection.refreshToken();
    // Friends in a room see the new name.
    this.#stations.forEach(({ together }) => together.joined());
  }

  #onConnecting(): void {
    // Who was refused stays so until the server lets them in.
    if (this.#status.state === "refused") return;
    this.#setStatus({ state: "connecting", failures: this.#status.failures });
  }

  async #onConnected(): Promise<void> {
    const wasRefused = this.#status.state === "refused";
    if (!wasRefused) this.#setStatus({ state: "connected", failures: 0 });
    clearInterval(this.#heartbeatTimer);
    this.#beat();
    if (this.#options.watchDirectory !== false) void this.#watchDirectory();
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.join()));
    // Not before the joins, so that a station does not appear for a moment to a user who is still banned from it.
    if (wasRefused && this.#connection.isConnected) this.#setStatus({ state: "connected", failures: 0 });
    await this.#heartbeat();
  }

  #onInterrupted({ problem, retryAt }: Interruption): void {
    clearInterval(this.#heartbeatTimer);
    clearTimeout(this.#watchTimer);
    this.#subscriptions.forEach((subscription) => subscription.onDisconnected());
    const isRefused = problem?.code === "banned" || retryAt === undefined;
    const failures = this.#status.failures + 1;
    // The reason for a ban outlasts an attempt that fails for another one.
    if (this.#status.state === "refused" && !isRefused) this.#setStatus({ ...this.#status, retryAt, failures });
    else this.#setStatus({ state: isRefused ? "refused" : "waiting", problem, retryAt, failures });
  }

  async #watchDirectory(): Promise<void> {
    try {
      const { stations } = await this.#connection.request("platform:watch", {});
      this.#setDirectory(stations);
    } catch (error) {
      // The joined stations work without the directory, and the heartbeat detects a dead connection.
      if (!(error instanceof AwazError) || !error.retryable) return;
      const delay = error.retryAfter * 1000 + fullJitter(0, WATCH_RETRY_MS, WATCH_RETRY_MS);
      this.#watchTimer = setTimeout(() => void this.#watchDirectory(), delay);
    }
  }

  /** The time by which a station's mounts are played in sync. */
  timeSource(slug: string): TimeSource {
    const { clock } = this;
    return {
      now: () => clock.now(),
      get uncertaintyMs() {
        return clock.uncertaintyMs;
      },
      refine: () => void this.#measureClock(),
      // Without a token, so that a shared cache may answer.
      anchors: (mount) => this.#public(to("GET /api/v1/stations/{slug}/anchors", { path: { slug }, query: { mount } })),
    };
  }

  /** Several in a row: the one that came back fastest is the most exact. */
  async #measureClock(): Promise<void> {
    for (let count = 0; count < CLOCK_SAMPLES; count += 1) {
      await (this.#connection.isConnected ? this.#heartbeat() : this.#askTime());
    }
  }

  /** Without a socket, the server's clock is asked for. */
  async #askTime(): Promise<void> {
    const sentAt = steadyNow();
    try {
      const { server_time } = await this.#public(to("GET /api/v1/time", {}));
      this.clock.sample(sentAt, steadyNow(), server_time * 1000);
    } catch {
      // The next heartbeat tells.
    }
  }

  /** Tell the server if it is played otherwise than before: friends and hosts see that. */
  report(): void {
    const { station, mode } = this.#options.playbackStats?.() ?? {};
    const reported = `${station} ${mode}`;
    if (reported === this.#reported || !this.#connection.isConnected) return;
    this.#reported = reported;
    void this.#heartbeat();
  }

  #beat(): void {
    let count = 0;
    this.#heartbeatTimer = setInterval(() => {
      count += 1;
      const isWatched = [...this.#stations.values()].some(({ together }) => together.key !== undefined);
      if (isWatched || count % HEARTBEAT_TICKS === 0) void this.#heartbeat();
    }, TICK_MS);
  }

  async #heartbeat(): Promise<void> {
    const sentAt = steadyNow();
    const body: StreamHeartbeat = { t: sentAt, ...this.#options.playbackStats?.() };
    try {
      const answer = await this.#connection.request("stream:heartbeat", body);
      this.clock.sample(sentAt, steadyNow(), answer.server_time);
      for (const [slug, subscription] of this.#subscriptions) {
        subscription.checkSeq(answer.seqs[slug], answer.chat_seqs[slug]);
      }
      // If this fails, the server sends auth:expired later.
      this.#connection.refreshToken().catch(() => undefined);
    } catch (error) {
      if (error instanceof AwazError) return;
      this.#connection.reconnect();
    }
  }

  #onMessage(message: AnyMessage): void {
    this.#subscriptions.get(message.data.station)?.receive(message);
    if (!isKnown(message)) return;
    const { event, data } = message;
    if (event === "stream:started") this.#setOnAir(data.station, data.kind);
    else if (event === "stream:stopped") this.#setOnAir(data.station, data.then);
  }

  #onDigest(stations: readonly DigestEntry[], removed: readonly string[] = []): void {
    this.#setDirectory(applyDigest(this.#directory ?? [], stations, removed));
    // A station that is not public any more may still be there for this user: joining tells.
    removed.forEach((slug) => this.#subscriptions.get(slug)?.resync());
  }

  #setOnAir(slug: string, onAir: DigestEntry["on_air"]): void {
    if (this.#directory) this.#setDirectory(applyOnAir(this.#directory, slug, onAir));
  }

  #setDirectory(directory: Directory): void {
    this.#directory = directory;
    this.#events.emit("directory", directory);
  }

  #setStatus(status: ConnectionStatus): void {
    this.#status = status;
    this.#events.emit("state", status);
  }
}
