import { ServerClock } from "./clock.ts";
import { Connection } from "./connection.ts";
import { withDigest, withOnAir, type Directory } from "./directory.ts";
import { Following } from "./following.ts";
import { Refusal } from "./refusal.ts";
import type { TokenSource } from "./session.ts";
import { socketsTo, type MakeSocket } from "./socket.ts";
import type { StationState } from "./state.ts";
import type { AnyMessage, DigestEntry, HeartbeatAnswer, StationMessage } from "./wire.ts";

const HEARTBEAT_MS = 25_000;

export type ConnectionState = "connecting" | "connected" | "reconnecting";

/** Everything a page shows. A new object whenever something changed. */
export interface LiveView {
  readonly connection: ConnectionState;
  /** Undefined until the server first told. */
  readonly directory: Directory | undefined;
  readonly stations: ReadonlyMap<string, StationState>;
  /** Stations that were asked for and do not exist. */
  readonly missing: ReadonlySet<string>;
  /** What the server says to somebody who may not be here at all. */
  readonly sentAway: string | undefined;
  /** What it says to somebody who may not join a station, by slug. */
  readonly closed: ReadonlyMap<string, string>;
}

const NOTHING: LiveView = {
  connection: "connecting",
  directory: undefined,
  stations: new Map(),
  missing: new Set(),
  sentAway: undefined,
  closed: new Map(),
};

/** What the audio player knows of its own reception, for the station's quality figures. */
export interface Reception {
  station: string;
  buffer_ms: number;
  stalls: number;
}

export interface LiveOptions {
  tokens: TokenSource;
  /** The server's address; the page's own when left out. */
  url?: string;
  /** Hear of all public stations too. On unless told not to. */
  watch?: boolean;
  reception?: () => Reception | undefined;
  /** Called when the user's roles have changed. */
  roles?: () => void;
  /** Something else than a real socket. */
  makeSocket?: MakeSocket;
}

/** The live state of stations, kept true over drops, gaps and restarts of the server. */
export class LiveClient {
  readonly clock = new ServerClock();
  readonly #options: LiveOptions;
  readonly #connection: Connection;
  readonly #following = new Map<string, Following>();
  readonly #listeners = new Set<(view: LiveView) => void>();
  #view: LiveView = NOTHING;
  #beat: ReturnType<typeof setInterval> | undefined;

  constructor(options: LiveOptions) {
    this.#options = options;
    const handlers = {
      up: () => void this.#onUp(),
      down: () => this.#onDown(),
      sentAway: (sentence: string) => this.#change({ sentAway: sentence }),
      message: (message: AnyMessage) => this.#onMessage(message),
    };
    this.#connection = new Connection(options.tokens, handlers, options.makeSocket ?? socketsTo(options.url));
  }

  get view(): LiveView {
    return this.#view;
  }

  /** Hear of every change; returns what ends it. */
  subscribe(listener: (view: LiveView) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    this.#connection.start();
  }

  stop(): void {
    clearInterval(this.#beat);
    this.#connection.stop();
  }

  follow(slug: string): void {
    if (this.#following.has(slug)) return;
    const following = new Following(slug, this.#connection, {
      state: (state) => {
        const { stations, closed } = this.#view;
        this.#change({ stations: withOne(stations, slug, state), closed: without(closed, slug) });
      },
      closed: (sentence) => this.#change({ closed: withOne(this.#view.closed, slug, sentence) }),
      missing: () => this.#change({ missing: new Set(this.#view.missing).add(slug) }),
      snapshot: (snapshot) => this.clock.hint(Date.now(), snapshot.server_time),
    });
    this.#following.set(slug, following);
    void following.join();
  }

  unfollow(slug: string): void {
    this.#following.get(slug)?.leave();
    this.#following.delete(slug);
    this.#change({ stations: without(this.#view.stations, slug), closed: without(this.#view.closed, slug) });
  }

  /** The network is back or the page is seen again: find out at once whether all is still well. */
  wake(): void {
    if (this.#connection.isUp) void this.#heartbeat();
    else this.#connection.hurry();
  }

  async #onUp(): Promise<void> {
    this.#change({ connection: "connected" });
    clearInterval(this.#beat);
    this.#beat = setInterval(() => void this.#heartbeat(), HEARTBEAT_MS);
    if (this.#options.watch !== false) void this.#watch();
    await Promise.all([...this.#following.values()].map((following) => following.join()));
    // Only now: whoever is still sent away from the station is not to see it for a moment.
    if (this.#view.sentAway !== undefined) this.#change({ sentAway: undefined });
    await this.#heartbeat();
  }

  #onDown(): void {
    clearInterval(this.#beat);
    this.#following.forEach((following) => following.cut());
    if (this.#view.connection !== "reconnecting") this.#change({ connection: "reconnecting" });
  }

  async #watch(): Promise<void> {
    try {
      const { stations } = await this.#connection.ask<{ stations: DigestEntry[] }>("platform:watch", {});
      this.#change({ directory: stations });
    } catch {
      // The heartbeat finds out whether the connection is dead. Without the list the followed station remains.
    }
  }

  async #heartbeat(): Promise<void> {
    const sentAt = Date.now();
    const latency = this.clock.roundTrip;
    const body = { t: sentAt, ...(latency !== undefined && { latency_ms: latency }), ...this.#options.reception?.() };
    try {
      const answer = await this.#connection.ask<HeartbeatAnswer>("stream:heartbeat", body);
      this.clock.sample(sentAt, Date.now(), answer.server_time);
      for (const [slug, following] of this.#following) following.checkSeq(answer.seqs[slug]);
      // When it fails, the server says auth:expired in its time.
      this.#connection.renewToken().catch(() => undefined);
    } catch (error) {
      if (error instanceof Refusal) return;
      this.#connection.restart();
    }
  }

  #onMessage(message: AnyMessage): void {
    if (message.event === "platform:digest") {
      const { stations } = message.data as unknown as { stations: DigestEntry[] };
      this.#change({ directory: withDigest(this.#view.directory ?? [], stations) });
      return;
    }
    if (message.event === "auth:roles") this.#options.roles?.();
    if (typeof message.data.station !== "string" || typeof message.data.seq !== "number") return;
    this.#following.get(message.data.station)?.receive(message);
    const known = message as StationMessage;
    if (known.event === "stream:started") this.#list(known.data.station, known.data.kind);
    else if (known.event === "stream:stopped") this.#list(known.data.station, known.data.then);
  }

  #list(slug: string, onAir: DigestEntry["on_air"]): void {
    const { directory } = this.#view;
    if (directory) this.#change({ directory: withOnAir(directory, slug, onAir) });
  }

  #change(changed: Partial<LiveView>): void {
    this.#view = { ...this.#view, ...changed };
    this.#listeners.forEach((listener) => listener(this.#view));
  }
}

function withOne<T>(before: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  return new Map(before).set(key, value);
}

function without<T>(before: ReadonlyMap<string, T>, key: string): ReadonlyMap<string, T> {
  const after = new Map(before);
  after.delete(key);
  return after;
}
