import type { SyncState } from "../../sdk/audio/synced-stream.ts";
import { StreamAudio, type PlaybackIssue, type PlaybackState } from "./stream-audio.ts";
import { isSame, playable, type Format, type Stream } from "./streams.ts";
import { OutputDelay } from "./output-delay.ts";
import { RemoteDevice } from "./remote.ts";
import { loadFormat, saveFormat } from "./format.ts";
import { endsWhenHidden, NEVER_SYNCED, type Synced } from "./synced.ts";
import { loadVolume, saveVolume } from "./volume.ts";

/** A station that can be played. */
export interface Playable {
  readonly slug: string;
  readonly name: string;
  /** Its public mounts; empty until they are known. */
  readonly streams: readonly Stream[];
  readonly onAir: boolean;
  /** Whether it is on air to the ear, which is later; as `onAir` by default. */
  readonly heardOnAir?: boolean;
  /** Whether its stream is known to be without a fault. */
  readonly isHealthy?: boolean;
}

const CHANNEL = "awaz.playing";

/** The playback of this tab: one station at a time, in one `<audio>` element that outlives pages and players. */
export class Playback {
  /** To be put into the document: on phones, only an element there keeps playing in the background. */
  readonly audio = new Audio();
  readonly remote = new RemoteDevice(this.audio, () => this.#onRemote());
  readonly delay = new OutputDelay(() => this.#changed());
  readonly #stream = new StreamAudio(
    this.audio,
    () => this.#changed(),
    () => this.delay.ms / 1000,
  );
  readonly #listeners = new Set<() => void>();
  readonly #synced: Synced;
  /** Tells other tabs that this one plays, and since when. */
  readonly #others = openChannel();
  /** Whether a device nearby played when it was last looked at. */
  #wasRemote = false;
  #station: Playable | undefined;
  #format = loadFormat();
  /** When playing was asked for last, in unix milliseconds: the tab where that was latest plays. */
  #startedAt = 0;
  /** Decides between tabs that began in the same millisecond. */
  readonly #tab = Math.random();

  /** `synced` returns what opens a station's streams in sync with everybody. */
  constructor(synced: Synced = () => NEVER_SYNCED) {
    this.#synced = synced;
    this.audio.preload = "none";
    document.addEventListener("visibilitychange", () => {
      if (document.hidden && endsWhenHidden()) this.#stream.playPlain();
    });
    this.audio.volume = loadVolume();
    this.#others?.addEventListener("message", ({ data: [startedAt, tab] }: MessageEvent<[number, number]>) => {
      const isLater = startedAt > this.#startedAt || (startedAt === this.#startedAt && tab > this.#tab);
      if (this.isActive() && isLater) this.#stream.stop("elsewhere");
    });
  }

  /** The station that plays, or that was played last. */
  get station(): Playable | undefined {
    return this.#station;
  }

  get state(): PlaybackState {
    return this.#stream.state;
  }

  get issue(): PlaybackIssue {
    return this.#stream.issue;
  }

  /** How far what is heard is behind the server, in milliseconds; undefined while nothing is, or another device plays. */
  get lagMs(): number | undefined {
    return this.remote.isPlaying ? undefined : this.#stream.lagMs;
  }

  /** Whether what is heard is what everybody else hears; undefined while nothing is. */
  get sync(): SyncState | undefined {
    return this.state === "playing" && !this.remote.isPlaying ? this.#stream.sync : undefined;
  }

  /** How far what is heard is from what everybody is to hear, at most, in milliseconds; undefined if it is not known. */
  get syncErrorMs(): number | undefined {
    return this.sync && this.#stream.syncErrorMs;
  }

  /** Let the listener choose a device nearby, which is sent the stream's address; or take it back from one. */
  async chooseDevice(): Promise<void> {
    const wasRemote = this.remote.isPlaying;
    this.#stream.playPlain();
    await this.remote.choose();
    if (!wasRemote && !this.remote.isPlaying && this.isActive()) this.play();
  }

  /** The streams of a station that the browser can play. */
  formatsOf(station: Playable): readonly Stream[] {
    return playable(station.streams, (mediaType) => this.audio.canPlayType(mediaType));
  }

  /** The format that plays, or that would be tried first. */
  formatOf(station: Playable): Format | undefined {
    const stream = this.isActive(station.slug) ? this.#stream.stream : this.#playable(station)[0];
    return stream?.format;
  }

  get bufferedMs(): number {
    return this.#stream.bufferedMs;
  }

  get stalls(): number {
    return this.#stream.stalls;
  }

  /** Whether the sound has stopped more than once in the last minute. */
  get isUnsteady(): boolean {
    return this.#stream.isUnsteady;
  }

  /** Open a stream that was lost again now: the network is back, or the page is looked at. */
  retryNow(): void {
    this.#stream.retryNow();
  }

  /** The volume from 0 to 1, whether or not it is muted. */
  get volume(): number {
    return this.audio.volume;
  }

  get muted(): boolean {
    return this.#stream.muted || this.audio.volume === 0;
  }

  /** Whether a station, or any, is to be heard now. */
  isActive(slug: string | undefined = this.#station?.slug): boolean {
    return this.#stream.isActive && slug === this.#station?.slug;
  }

  /** Call `listener` on each change; returns a function that unsubscribes it. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  play(station: Playable | undefined = this.#station): void {
    if (!station?.streams.length) return;
    this.#station = station;
    this.audio.title = station.name;
    this.#startedAt = Date.now();
    this.#others?.postMessage([this.#startedAt, this.#tab]);
    const streams = this.#playable(station);
    this.remote.offer(streams[0]?.url ?? "");
    this.#stream.play(streams, this.remote.isPlaying ? NEVER_SYNCED : this.#synced(station.slug));
    this.#changed();
  }

  /** Play this format wherever there is a choice. */
  chooseFormat(format: Format): void {
    this.#format = format;
    saveFormat(format);
    if (this.isActive()) this.play();
    this.#changed();
  }

  stop(): void {
    this.#stream.stop();
  }

  toggle(station: Playable | undefined = this.#station): void {
    if (station && this.isActive(station.slug)) this.stop();
    else this.play(station);
  }

  /** Take in what is new of a station: another address of its stream, or that it is back on air. */
  update(station: Playable): void {
    const before = this.#station;
    // The streams of a station that is not known any more are left as they are.
    if (before?.slug !== station.slug || !station.streams.length) return;
    this.#station = station;
    if (!this.#stream.isActive) return;
    if (!isSame(station.streams, before.streams)) return this.play(station);
    this.#stream.update(this.#playable(station));
    if (station.onAir && !before.onAir) this.#stream.reopen();
  }

  setVolume(volume: number): void {
    this.audio.volume = volume;
    this.#stream.muted = false;
    saveVolume(volume);
    this.#changed();
  }

  toggleMute(): void {
    if (this.audio.volume === 0) this.setVolume(0.5);
    else this.#stream.muted = !this.#stream.muted;
    this.#changed();
  }

  /** The stream that a device gives back is played in sync again. */
  #onRemote(): void {
    const isBack = this.#wasRemote && !this.remote.isPlaying;
    this.#wasRemote = this.remote.isPlaying;
    if (isBack && this.isActive()) this.play();
    else this.#changed();
  }

  #playable(station: Playable): readonly Stream[] {
    return playable(station.streams, (mediaType) => this.audio.canPlayType(mediaType), this.#format);
  }

  #changed(): void {
    this.#listeners.forEach((listener) => listener());
  }
}

/** Browsers that block cookies may refuse a channel, too. */
function openChannel(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(CHANNEL);
  } catch {
    return undefined;
  }
}
