import { fullJitter } from "../../sdk/backoff.ts";
import { liveEdgeUrl } from "../../app/urls.ts";

export type PlaybackState = "stopped" | "connecting" | "playing" | "error";

/** Why there is no sound although playback was requested. */
export type PlaybackIssue = "" | "buffering" | "lost" | "blocked";

const START_TIMEOUT_MS = 15_000;
const STALL_TIMEOUT_MS = 8_000;
const STABLE_AFTER_MS = 20_000;
const RETRY_MAX_MS = 20_000;

/** Plays a live stream in an `<audio>` element, always from the live edge, and reconnects automatically. */
export class StreamAudio {
  state: PlaybackState = "stopped";
  issue: PlaybackIssue = "";
  stalls = 0;
  readonly #audio: HTMLAudioElement;
  readonly #onChange: () => void;
  #url = "";
  #active = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stableTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(audio: HTMLAudioElement, onChange: () => void) {
    this.#audio = audio;
    this.#onChange = onChange;
    audio.addEventListener("playing", () => this.#onPlaying());
    audio.addEventListener("waiting", () => this.#onWaiting());
    audio.addEventListener("ended", () => this.#onFailure());
    audio.addEventListener("error", () => this.#onFailure());
    audio.addEventListener("pause", () => this.#onPause());
  }

  get isActive(): boolean {
    return this.#active;
  }

  /** Milliseconds of audio in the buffer. */
  get bufferedMs(): number {
    const { buffered, currentTime } = this.#audio;
    if (!buffered.length) return 0;
    return Math.max(0, Math.round((buffered.end(buffered.length - 1) - currentTime) * 1000));
  }

  play(url: string): void {
    this.#url = url;
    this.#active = true;
    this.#failures = 0;
    this.#open();
  }

  stop(): void {
    this.#active = false;
    this.#close();
    this.#set("stopped");
  }

  /** Retry without waiting for the backoff, because the station is back on air. */
  retryNow(): void {
    if (this.#active && this.state === "error") this.#open();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#set(this.#failures > 1 ? "error" : "connecting", this.#failures ? "lost" : "");
    this.#timer = setTimeout(() => this.#onFailure(), START_TIMEOUT_MS);
    this.#audio.src = liveEdgeUrl(this.#url);
    this.#audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onBlocked();
      // Other failures also fire an event, or result from stop().
    });
  }

  /** Release the stream: a paused one would keep buffering and resume behind the live edge. */
  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  #onPlaying(): void {
    if (!this.#active) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#stableTimer);
    this.#stableTimer = setTimeout(() => (this.#failures = 0), STABLE_AFTER_MS);
    this.#set("playing");
  }

  #onWaiting(): void {
    if (!this.#active || this.state !== "playing") return;
    this.stalls += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onFailure(), STALL_TIMEOUT_MS);
    this.#set("connecting", "buffering");
  }

  #onFailure(): void {
    if (!this.#active || !this.#audio.hasAttribute("src")) return;
    this.#failures += 1;
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
