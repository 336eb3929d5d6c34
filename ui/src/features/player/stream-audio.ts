import { fullJitter } from "../../sdk/backoff.ts";
import { liveEdgeUrl } from "../../app/urls.ts";
import type { SyncedStream, SyncState } from "../../sdk/audio/synced-stream.ts";
import type { Stream } from "./streams.ts";
import { NEVER_SYNCED, type OpenSynced } from "./synced.ts";

export type PlaybackState = "stopped" | "connecting" | "playing" | "error";

/** Why there is no sound although playback was requested. */
export type PlaybackIssue = "" | "buffering" | "lost" | "blocked" | "unsupported" | "elsewhere";

const START_TIMEOUT_MS = 15_000;
const STALL_TIMEOUT_MS = 8_000;
const STABLE_AFTER_MS = 20_000;
const RETRY_MAX_MS = 20_000;
const UNSTEADY_MS = 60_000;

/**
 * How often a stream that cannot be decoded from its first bytes is opened again at once. Icecast sends AAC from any
 * byte on, and one start in eight meets something there that looks like a frame: Chromium gives up, and is right the
 * next time.
 */
const DECODE_RETRIES = 3;

/**
 * Plays a live stream in an `<audio>` element, always from the live edge, and reconnects automatically: to the next of
 * the streams if one does not start.
 */
export class StreamAudio {
  state: PlaybackState = "stopped";
  issue: PlaybackIssue = "";
  stalls = 0;
  /** When the sound stopped last, and before that, by the page's steady clock. */
  #stalledAt: readonly [last: number, before: number] = [-Infinity, -Infinity];
  readonly #audio: HTMLAudioElement;
  readonly #onChange: () => void;
  readonly #delayS: () => number;
  #openSynced: OpenSynced = NEVER_SYNCED;
  /** The same, while it is not there yet. */
  #awaited: Promise<OpenSynced> | undefined;
  /** The stream in sync with everybody; undefined where it is played as by any player. */
  #synced: SyncedStream | undefined;
  /** Whether the listener wants no sound. */
  #muted = false;
  #streams: readonly Stream[] = [];
  /** The index of the stream that is tried or plays. */
  #tried = 0;
  /** When the first of it came, by the page's steady clock: Icecast takes a third of a second to begin. */
  #beganAt = 0;
  /** Whether the stream has been heard since it was opened. */
  #hasPlayed = false;
  /** The lag of what was heard before the stream was opened again. */
  #lastLagMs: number | undefined;
  #active = false;
  #failures = 0;
  #decodeFailures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stableTimer: ReturnType<typeof setTimeout> | undefined;
  #unsteadyTimer: ReturnType<typeof setTimeout> | undefined;

  /** `delayS` is how much later than by the browser's own reckoning the device is heard, in seconds. */
  constructor(audio: HTMLAudioElement, onChange: () => void, delayS: () => number = () => 0) {
    this.#audio = audio;
    this.#onChange = onChange;
    this.#delayS = delayS;
    audio.addEventListener("loadedmetadata", () => (this.#beganAt = performance.now()));
    audio.addEventListener("playing", () => this.#onPlaying());
    audio.addEventListener("waiting", () => this.#onWaiting());
    audio.addEventListener("ended", () => this.#onFailure());
    audio.addEventListener("error", () => this.#onError());
    audio.addEventListener("pause", () => this.#onPause());
  }

  get isActive(): boolean {
    return this.#active;
  }

  get muted(): boolean {
    return this.#muted;
  }

  set muted(muted: boolean) {
    this.#muted = muted;
    this.#silence();
  }

  /** Whether what is heard is what everybody else hears; "approximate" with an ordinary player. */
  get sync(): SyncState {
    return this.#synced?.state ?? "approximate";
  }

  /** How far what is heard is from what everybody is to hear, at most, in milliseconds; undefined if it is not known. */
  get syncErrorMs(): number | undefined {
    return this.#synced?.errorMs;
  }

  /** Whether the sound has stopped more than once in the last minute. */
  get isUnsteady(): boolean {
    return performance.now() - this.#stalledAt[1] < UNSTEADY_MS;
  }

  /** Milliseconds of audio in the buffer. */
  get bufferedMs(): number {
    const { buffered, currentTime } = this.#audio;
    if (!buffered.length) return 0;
    return Math.max(0, Math.round((buffered.end(buffered.length - 1) - currentTime) * 1000));
  }

  /** The stream that plays or is tried. */
  get stream(): Stream | undefined {
    return this.#streams[this.#tried];
  }

  /**
   * How far what is heard is behind the end of the stream on the server, in milliseconds; undefined until something is.
   * The first audio that a player gets is as old as the burst, and time that passes without being played adds to that.
   * While the stream is opened again, the lag is what it was: the sound comes back about as late.
   */
  get lagMs(): number | undefined {
    if (!this.#active) return undefined;
    if (!this.#hasPlayed || !this.stream) return this.#lastLagMs;
    if (this.#synced) return this.#synced.lagMs;
    return this.stream.burst_ms + performance.now() - this.#beganAt - this.#audio.currentTime * 1000;
  }

  /** Play the first of `streams` that can be played, in sync with everybody if it can be opened so. */
  play(streams: readonly Stream[], openSynced: OpenSynced | Promise<OpenSynced> = NEVER_SYNCED): void {
    this.#streams = streams;
    this.#tried = 0;
    this.#failures = 0;
    this.#decodeFailures = 0;
    this.#hasPlayed = false;
    this.#lastLagMs = undefined;
    this.#stalledAt = [-Infinity, -Infinity];
    this.#active = streams.length > 0;
    if (!this.#active) this.#set("stopped", "unsupported");
    else if (typeof openSynced === "function") this.#openBy(openSynced);
    else this.#openWhenThere(openSynced);
  }

  /** Go on as any player does, by the address of the stream alone. */
  playPlain(): void {
    if (this.#synced || this.#awaited) this.#openBy(NEVER_SYNCED);
    this.#openSynced = NEVER_SYNCED;
  }

  /** Stop, and let go of the stream: because another tab plays, or for no reason to be told. */
  stop(issue: "" | "elsewhere" = ""): void {
    this.#active = false;
    this.#close();
    this.#set("stopped", issue);
  }

  /** Take in what is new of the streams that play: their addresses are the same. */
  update(streams: readonly Stream[]): void {
    this.#streams = streams;
  }

  /** Open the stream again, at the live edge: the station is back on air, and what plays is its off-air mount. */
  reopen(): void {
    if (this.#active && !this.#awaited) this.#open();
  }

  /** Do not wait for the next attempt, nor for a stream that has run dry. */
  retryNow(): void {
    const isLost = this.issue === "buffering" || !this.#audio.hasAttribute("src");
    if (this.#active && !this.#awaited && isLost) this.#open();
  }

  #openBy(openSynced: OpenSynced): void {
    this.#awaited = undefined;
    this.#openSynced = openSynced;
    this.#open();
  }

  #openWhenThere(awaited: Promise<OpenSynced>): void {
    // Within the press: Safari lets an element play later that was loaded then.
    this.#close();
    this.#awaited = awaited;
    this.#set("connecting");
    void awaited.then((openSynced) => this.#awaited === awaited && this.#openBy(openSynced));
  }

  #open(isPlain = false): void {
    clearTimeout(this.#timer);
    this.#set(this.#failures > 1 ? "error" : "connecting", this.#failures ? "lost" : "");
    this.#timer = setTimeout(() => this.#onNotStarted(), START_TIMEOUT_MS);
    this.#forgetPlayed();
    this.#beganAt = performance.now();
    this.#load(isPlain);
    this.#silence();
    this.#audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onBlocked();
      // Other failures also fire an event, or result from stop().
    });
  }

  #load(isPlain: boolean): void {
    this.#synced?.close();
    this.#synced = undefined;
    const stream = this.stream && { ...this.stream, url: liveEdgeUrl(this.stream.url) };
    if (!stream) return;
    const handlers = { changed: () => this.#onSync(), failed: () => this.#onSyncFailed() };
    if (!isPlain) this.#synced = this.#openSynced(this.#audio, stream, handlers, this.#delayS);
    if (!this.#synced) this.#audio.src = stream.url;
  }

  /** While it looks for what is due, nothing is to be heard. */
  #silence(): void {
    this.#audio.muted = this.#muted || this.sync === "aligning";
  }

  #onSync(): void {
    this.#silence();
    if (this.state !== "playing" && !this.#audio.paused && this.#audio.readyState > 2) this.#onPlaying();
    this.#onChange();
  }

  #onSyncFailed(): void {
    if (this.#hasPlayed) this.#onFailure();
    else this.#onNotStarted();
  }

  /** A stream that does not start in sync is played as by any player; the next attempt is in sync again. */
  #onNotStarted(): void {
    if (this.#synced && this.#active) this.#open(true);
    else this.#onFailure();
  }

  /** Release the stream: a paused one would keep buffering and resume behind the live edge. */
  #close(): void {
    this.#awaited = undefined;
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    this.#forgetPlayed();
    this.#audio.pause();
    this.#synced?.close();
    this.#synced = undefined;
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  #forgetPlayed(): void {
    this.#lastLagMs = this.lagMs;
    this.#hasPlayed = false;
  }

  #onPlaying(): void {
    if (!this.#active || this.sync === "aligning") return;
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    this.#decodeFailures = 0;
    this.#hasPlayed = true;
    this.#stableTimer = setTimeout(() => (this.#failures = 0), STABLE_AFTER_MS);
    this.#set("playing");
  }

  #onWaiting(): void {
    if (!this.#active || this.state !== "playing" || this.#synced?.isMoving) return;
    this.stalls += 1;
    this.#stalledAt = [performance.now(), this.#stalledAt[0]];
    clearTimeout(this.#unsteadyTimer);
    this.#unsteadyTimer = setTimeout(() => this.#onChange(), UNSTEADY_MS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onFailure(), STALL_TIMEOUT_MS);
    this.#set("connecting", "buffering");
  }

  #onError(): void {
    if (this.#synced && !this.#hasPlayed) return this.#onNotStarted();
    const isUndecodable = this.#audio.error?.code === MediaError.MEDIA_ERR_DECODE && !this.#hasPlayed;
    if (!this.#active || !isUndecodable || this.#decodeFailures >= DECODE_RETRIES) return this.#onFailure();
    this.#decodeFailures += 1;
    this.#open();
  }

  #onFailure(): void {
    if (!this.#active || !this.#audio.hasAttribute("src")) return;
    this.#failures += 1;
    if (!this.#hasPlayed) this.#tried = (this.#tried + 1) % this.#streams.length;
    this.#close();
    this.#set(this.#failures > 1 ? "error" : "connecting", "lost");
    const delay = this.#failures === 1 ? 250 : 1_000 + fullJitter(this.#failures - 2, 1_000, RETRY_MAX_MS);
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #onPause(): void {
    // Paused by a headset or the system. The end of the stream and errors also pause, but fire their own events.
    const released = !this.#audio.hasAttribute("src");
    if (this.#active && !released && !this.#audio.ended && !this.#audio.error) this.stop();
  }

  #onBlocked(): void {
    this.#active = false;
    this.#close();
    this.#set("stopped", "blocked");
  }

  #set(state: PlaybackState, issue: PlaybackIssue = ""): void {
    if (state === this.state && issue === this.issue) return;
    this.state = state;
    this.issue = issue;
    this.#onChange();
  }
}
