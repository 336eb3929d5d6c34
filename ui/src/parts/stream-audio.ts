import { fullJitter } from "../client/backoff.ts";
import { liveEdgeUrl } from "../client/urls.ts";

export type PlayState = "stopped" | "connecting" | "playing" | "error";

/** Why it is silent though somebody wants to hear it. */
export type Trouble = "" | "buffering" | "lost" | "blocked";

const START_WITHIN_MS = 15_000;
const STALL_FOR_MS = 8_000;
const STEADY_AFTER_MS = 20_000;
const RETRY_CAP_MS = 20_000;

/** A live stream in an `<audio>` element: always at the live edge, and back by itself when it breaks off. */
export class StreamAudio {
  state: PlayState = "stopped";
  trouble: Trouble = "";
  stalls = 0;
  readonly #audio: HTMLAudioElement;
  readonly #changed: () => void;
  #url = "";
  #wanted = false;
  #failures = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #steady: ReturnType<typeof setTimeout> | undefined;

  constructor(audio: HTMLAudioElement, changed: () => void) {
    this.#audio = audio;
    this.#changed = changed;
    audio.addEventListener("playing", () => this.#onPlaying());
    audio.addEventListener("waiting", () => this.#onWaiting());
    audio.addEventListener("ended", () => this.#onBroken());
    audio.addEventListener("error", () => this.#onBroken());
    audio.addEventListener("pause", () => this.#onPause());
  }

  get isWanted(): boolean {
    return this.#wanted;
  }

  /** Milliseconds of sound that are here but not heard yet. */
  get bufferedMs(): number {
    const { buffered, currentTime } = this.#audio;
    if (!buffered.length) return 0;
    return Math.max(0, Math.round((buffered.end(buffered.length - 1) - currentTime) * 1000));
  }

  play(url: string): void {
    this.#url = url;
    this.#wanted = true;
    this.#failures = 0;
    this.#open();
  }

  stop(): void {
    this.#wanted = false;
    this.#close();
    this.#set("stopped");
  }

  /** The stream may be there again: do not wait for the delay to end. */
  nudge(): void {
    if (this.#wanted && this.state === "error") this.#open();
  }

  #open(): void {
    clearTimeout(this.#timer);
    this.#set(this.#failures > 1 ? "error" : "connecting", this.#failures ? "lost" : "");
    this.#timer = setTimeout(() => this.#onBroken(), START_WITHIN_MS);
    this.#audio.src = liveEdgeUrl(this.#url);
    this.#audio.play().catch((error: unknown) => {
      if (error instanceof DOMException && error.name === "NotAllowedError") this.#onBlocked();
      // Every other failure also comes as an event, or was our own doing.
    });
  }

  /** A paused stream would go on filling its buffer and then play the past: let go of it altogether. */
  #close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#steady);
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
  }

  #onPlaying(): void {
    if (!this.#wanted) return;
    clearTimeout(this.#timer);
    clearTimeout(this.#steady);
    this.#steady = setTimeout(() => (this.#failures = 0), STEADY_AFTER_MS);
    this.#set("playing");
  }

  #onWaiting(): void {
    if (!this.#wanted || this.state !== "playing") return;
    this.stalls += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#onBroken(), STALL_FOR_MS);
    this.#set("connecting", "buffering");
  }

  #onBroken(): void {
    if (!this.#wanted || !this.#audio.hasAttribute("src")) return;
    this.#failures += 1;
    this.#close();
    this.#set(this.#failures > 1 ? "error" : "connecting", "lost");
    const delay = this.#failures === 1 ? 250 : 1_000 + fullJitter(this.#failures - 2, 1_000, RETRY_CAP_MS);
    this.#timer = setTimeout(() => this.#open(), delay);
  }

  #onPause(): void {
    // A headset or the system pressed pause. What ends or breaks pauses too, but has its own event.
    const ours = !this.#audio.hasAttribute("src");
    if (this.#wanted && !ours && !this.#audio.ended && !this.#audio.error) this.stop();
  }

  #onBlocked(): void {
    this.#wanted = false;
    this.#close();
    this.#set("stopped", "blocked");
  }

  #set(state: PlayState, trouble: Trouble = ""): void {
    if (state === this.state && trouble === this.trouble) return;
    this.state = state;
    this.trouble = trouble;
    this.#changed();
  }
}
