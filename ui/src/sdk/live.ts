import { ServerClock } from "./clock.ts";
import { Connection, type ConnectionHandlers } from "./connection.ts";
import { applyDigest, applyOnAir, type Directory } from "./directory.ts";
import { RequestError } from "./request-error.ts";
import type { TokenSource } from "./http.ts";
import { socketFactory, type CreateSocket } from "./socket.ts";
import { fromSnapshot, type StationState } from "./state.ts";
import { StationSubscription, type SubscriptionHandlers } from "./subscription.ts";
import { isKnown, type AnyMessage } from "./messages.ts";
import type { DigestEntry, Snapshot, StreamHeartbeat } from "../wire/schema.ts";

const HEARTBEAT_MS = 25_000;

export type ConnectionState = "connecting" | "connected" | "reconnecting";

/** An immutable view of the live state; each change creates a new one. */
export interface LiveView {
  readonly connection: ConnectionState;
  /** All public stations; undefined until the server has sent them. */
  readonly directory: Directory | undefined;
  readonly stations: ReadonlyMap<string, StationState>;
  /** Followed stations that do not exist. */
  readonly notFound: ReadonlySet<string>;
  /** The server's message if it closed or refused the connection because of a ban. */
  readonly ban: string | undefined;
  /** The server's messages for bans from stations, by slug. */
  readonly stationBans: ReadonlyMap<string, string>;
}

const INITIAL_VIEW: LiveView = {
  connection: "connecting",
  directory: undefined,
  stations: new Map(),
  notFound: new Set(),
  ban: undefined,
  stationBans: new Map(),
};

/** The playback metrics of a heartbeat. */
export type PlaybackStats = Pick<StreamHeartbeat, "station" | "buffer_ms" | "stalls" | "mode">;

export interface LiveOptions {
  tokens: TokenSource;
  /** The server's address; by default the page's own. */
  url?: string;
  /** Whether to subscribe to the directory of public stations; true by default. */
  watchDirectory?: boolean;
  playbackStats?: () => PlaybackStats | undefined;
  /** What is known before the first connection; what the server says replaces it. */
  directory?: Directory;
  snapshots?: readonly Snapshot[];
  onRolesChanged?: () => void;
  /** Replaces the socket in tests. */
  createSocket?: CreateSocket;
}

/** Keeps the state of stations up to date across disconnects, gaps and server restarts. */
export class LiveClient {
  readonly clock = new ServerClock();
  readonly #options: LiveOptions;
  readonly #connection: Connection;
  readonly #subscriptions = new Map<string, StationSubscription>();
  readonly #listeners = new Set<(view: LiveView) => void>();
  #view: LiveView;
  #heartbeatTimer: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    options.snapshots?.forEach(({ server_time }) => this.clock.hint(Date.now(), server_time));
    this.#view = { ...INITIAL_VIEW, directory: options.directory, stations: statesOf(options.snapshots ?? []) };
    const handlers: ConnectionHandlers = {
      connected: () => void this.#onConnected(),
      disconnected: () => this.#onDisconnected(),
      banned: (reason) => this.#update({ ban: reason }),
      rolesChanged: () => options.onRolesChanged?.(),
      digest: (stations, removed) =>
        this.#update({ directory: applyDigest(this.#view.directory ?? [], stations, removed) }),
      message: (message) => this.#onMessage(message),
    };
    this.#connection = new Connection(options.tokens, handlers, options.createSocket ?? socketFactory(options.url));
  }

  get view(): LiveView {
    return this.#view;
  }

  /** Call `listener` on each change; returns a function that unsubscribes it. */
  subscribe(listener: (view: LiveView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#connection.start();
  }

  stop(): void {
    clearInterval(this.#heartbeatTimer);
    this.#connection.stop();
  }

  follow(slug: string): void {
    if (this.#subscriptions.has(slug)) return;
    const known = this.#view.stations.get(slug);
    const handlers = {
      state: (state) => {
        const { stations, stationBans, notFound } = this.#view;
        this.#update({
          stations: withEntry(stations, slug, state),
          stationBans: withoutEntry(stationBans, slug),
          notFound: without(notFound, slug),
        });
      },
      banned: (reason) => this.#update({ stationBans: withEntry(this.#view.stationBans, slug, reason) }),
      notFound: () => this.#update({ notFound: new Set(this.#view.notFound).add(slug) }),
      snapshot: (snapshot) => this.clock.hint(Date.now(), snapshot.server_time),
    } satisfies SubscriptionHandlers;
    const subscription = new StationSubscription(slug, this.#connection, handlers, known);
    this.#subscriptions.set(slug, subscription);
    void subscription.join();
  }

  unfollow(slug: string): void {
    this.#subscriptions.get(slug)?.leave();
    this.#subscriptions.delete(slug);
    const { stations, stationBans, notFound } = this.#view;
    this.#update({
      stations: withoutEntry(stations, slug),
      stationBans: withoutEntry(stationBans, slug),
      notFound: without(notFound, slug),
    });
  }

  /** Check the connection now, because the network is back or the page is visible again. */
  checkConnection(): void {
    if (this.#connection.isConnected) void this.#heartbeat();
    else this.#connection.retryNow();
  }

  async #onConnected(): Promise<void> {
    this.#update({ connection: "connected" });
    clearInterval(this.#heartbeatTimer);
    this.#heartbeatTimer = setInterval(() => void this.#heartbeat(), HEARTBEAT_MS);
    if (this.#options.watchDirectory !== false) void this.#watchDirectory();
    await Promise.all([...this.#subscriptions.values()].map((subscription) => subscription.join()));
    // Not before the joins, so that a station does not appear for a moment to a user who is still banned from it.
    if (this.#view.ban !== undefined) this.#update({ ban: undefined });
    await this.#heartbeat();
  }

  #onDisconnected(): void {
    clearInterval(this.#heartbeatTimer);
    this.#subscriptions.forEach((subscription) => subscription.onDisconnected());
    if (this.#view.connection !== "reconnecting") this.#update({ connection: "reconnecting" });
  }

  async #watchDirectory(): Promise<void> {
    try {
      const { stations } = await this.#connection.request("platform:watch", {});
      this.#update({ directory: stations });
    } catch {
      // The followed stations work without the directory, and the heartbeat detects a dead connection.
    }
  }

  async #heartbeat(): Promise<void> {
    const sentAt = Date.now();
    const roundTrip = this.clock.roundTrip;
    const latency: Pick<StreamHeartbeat, "latency_ms"> = roundTrip === undefined ? {} : { latency_ms: roundTrip };
    const body: StreamHeartbeat = { t: sentAt, ...latency, ...this.#options.playbackStats?.() };
    try {
      const answer = await this.#connection.request("stream:heartbeat", body);
      this.clock.sample(sentAt, Date.now(), answer.server_time);
      for (const [slug, subscription] of this.#subscriptions) subscription.checkSeq(answer.seqs[slug]);
      // If this fails, the server sends auth:expired later.
      this.#connection.refreshToken().catch(() => undefined);
    } catch (error) {
      if (error instanceof RequestError) return;
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

  #setOnAir(slug: string, onAir: DigestEntry["on_air"]): void {
    const { directory } = this.#view;
    if (directory) this.#update({ directory: applyOnAir(directory, slug, onAir) });
  }

  #update(changes: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...changes };
    this.#listeners.forEach((listener) => listener(this.#view));
  }
}

function statesOf(snapshots: readonly Snapshot[]): ReadonlyMap<string, StationState> {
  return new Map(snapshots.map((snapshot) => [snapshot.station.slug, fromSnapshot(snapshot)]));
}

function withEntry<T>(before: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map(before).set(key, value);
}

function without(before: ReadonlySet<string>, slug: string): ReadonlySet<string> {
  return before.has(slug) ? new Set([...before].filter((each) => each !== slug)) : before;
}

function withoutEntry<T>(before: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const after = new Map(before);
  after.delete(key);
  return after;
}
