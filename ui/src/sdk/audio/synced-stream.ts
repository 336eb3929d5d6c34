import type { Anchors, StreamView } from "../../wire/schema.ts";
import { dueAt, isUsable, lockOn, type Lock } from "./anchors.ts";
import { crc32 } from "./crc32.ts";
import { FrameReader, SAMPLES } from "./frames.ts";
import { canFeed, MediaFeed } from "./media-feed.ts";
import { Steering } from "./steering.ts";

type Stream = Pick<StreamView, "format" | "url" | "burst_ms">;

/** The server, as a synchronised player needs it. */
export interface TimeSource {
  /** The server's time, in unix milliseconds. */
  now(): number;
  /** How far that may be off, in milliseconds. */
  readonly uncertaintyMs: number;
  /** Measure the server's clock again, soon. */
  refine(): void;
  /** The anchors of a public mount, such as `/awaz.mp3`. */
  anchors(mount: string): Promise<Anchors>;
}

/** "aligning" and not heard yet; "synced" with everybody else; or "approximate", as near as an ordinary player. */
export type SyncState = "aligning" | "synced" | "approximate";

export interface SyncedHandlers {
  /** The state has changed, or the error by something to be told. */
  changed(): void;
  /** The stream has ended, or the browser takes no more of it. */
  failed(): void;
}

const ALIGN_TICK_MS = 50;
const TICK_MS = 250;
/** Without anchors by then, it is heard as it is. */
const LOCK_WITHIN_MS = 1_200;
/** It is heard by then, however far off. */
const AUDIBLE_WITHIN_MS = 1_800;
/** Near enough to be heard; the rest is done by the rate. */
const AUDIBLE_S = 0.02;
/** How long a player takes from a seek to the first sound, to begin with. */
const SEEK_LEAD_S = 0.1;
const SEEK_SETTLE_MS = 200;
const MOVE_MS = 500;
/** How much has to be there after what is played. */
const SPARE_S = 0.15;
/** The delay that the server asks of everybody, where the burst allows it. */
const GUESSED_TARGET_S = 3;
/** Farther off than that is not in sync. */
const SYNCED_S = 0.06;
const ANCHORS_MS = 10_000;
const ANCHORS_SOON_MS = 1_000;
/** Without newer anchors, what is known of the stream is relied on for this long. */
const LOCK_FOR_MS = 30_000;
/** The same sound is not due elsewhere a moment later: the server moves it by a millisecond a second. */
const MAX_MOVE_S = 0.1;
const TOLD_EVERY_MS = 1_000;
/** A clock that is farther off is measured again. */
const REFINED_MS = 20;
/** With a clock that is farther off, nothing is known of what is due. */
const MAX_UNCERTAINTY_MS = 250;
/** Frames whose checksums are remembered: what came in the last half minute. */
const REMEMBERED = 1_200;

/** Plays a mount so that what is heard is what everybody else hears, in an `<audio>` element that others control. */
export class SyncedStream {
  readonly #audio: HTMLAudioElement;
  readonly #stream: Stream;
  readonly #time: TimeSource;
  readonly #handlers: SyncedHandlers;
  readonly #offsetS: () => number;
  readonly #feed: MediaFeed;
  readonly #reader: FrameReader;
  readonly #ending = new AbortController();
  readonly #openedAt = performance.now();
  readonly #steering: Steering;
  /** When the first of the stream came. */
  #beganAt: number | undefined;
  #checksums: number[] = [];
  /** The number of the frame that comes next. */
  #next = 0;
  #lock: Lock | undefined;
  #lockedAt = 0;
  #doubted: Lock | undefined;
  #state: SyncState = "aligning";
  #lead = SEEK_LEAD_S;
  #movedAt = -Infinity;
  #moves = 0;
  /** Whether the last move was to where it should: that may not be there. */
  #isExact = false;
  #toldErrorMs: number | undefined;
  #toldAt = 0;
  #ticker: ReturnType<typeof setTimeout> | undefined;
  #asker: ReturnType<typeof setTimeout> | undefined;

  /** `offsetS` is how much later than by the browser's own reckoning the device is heard, in seconds. */
  constructor(
    audio: HTMLAudioElement,
    stream: Stream,
    time: TimeSource,
    handlers: SyncedHandlers,
    offsetS: () => number = () => 0,
  ) {
    this.#audio = audio;
    this.#stream = stream;
    this.#time = time;
    this.#handlers = handlers;
    this.#offsetS = offsetS;
    this.#steering = new Steering({ canChangeRate: !isFirefox() });
    this.#reader = new FrameReader(stream.format);
    this.#feed = new MediaFeed(audio, stream.format, () => this.#fail());
    audio.addEventListener("waiting", this.#onWaiting);
    void this.#receive();
    void this.#ask();
    this.#tick();
  }

  /** Whether a stream can be played so here. */
  static canPlay(stream: Stream): boolean {
    return canFeed(stream.format);
  }

  get state(): SyncState {
    return this.#state;
  }

  /** How far what is heard is from what is due, at most, in milliseconds; undefined while that is not known. */
  get errorMs(): number | undefined {
    const error = this.#lock && this.#steering.error;
    return error === undefined ? undefined : Math.ceil(Math.abs(error) * 1000 + this.#time.uncertaintyMs);
  }

  /** How far what is heard is behind what is on the mount, in milliseconds. */
  get lagMs(): number {
    const heardS = this.#audio.currentTime - this.#offsetS();
    if (!this.#lock) return this.#sinceFirstMs - heardS * 1000;
    return this.#time.now() - (this.#lock.t0 + this.#lock.first * this.#lock.frameS + heardS) * 1000;
  }

  close(): void {
    this.#ending.abort();
    clearTimeout(this.#ticker);
    clearTimeout(this.#asker);
    this.#audio.removeEventListener("waiting", this.#onWaiting);
    this.#audio.playbackRate = 1;
    this.#feed.close();
  }

  async #receive(): Promise<void> {
    try {
      const { body, ok } = await fetch(this.#stream.url, { signal: this.#ending.signal, cache: "no-store" });
      const reader = ok ? body?.getReader() : undefined;
      for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read())
        this.#take(piece.value);
    } catch {
      // The line is cut, or was never there.
    }
    this.#fail();
  }

  #take(piece: Uint8Array): void {
    this.#beganAt ??= performance.now();
    const frames = this.#reader.feed(piece);
    if (!frames.length || !this.#reader.header) return;
    this.#feed.append(frames, this.#next, this.#reader.header);
    this.#next += frames.length;
    this.#checksums = [...this.#checksums, ...frames.map(crc32)].slice(-REMEMBERED);
  }

  /** Ask where the stream is: soon again while that is not known. */
  async #ask(): Promise<void> {
    if (this.#time.uncertaintyMs > REFINED_MS) this.#time.refine();
    try {
      const anchors = await this.#time.anchors(new URL(this.#stream.url).pathname);
      if (!this.#ending.signal.aborted && isUsable(anchors, this.#time.now())) this.#setLock(this.#lockOn(anchors));
    } catch {
      // The server is away; what is known holds for a while.
    }
    if (this.#ending.signal.aborted) return;
    const isKnown = this.#lock && performance.now() - this.#lockedAt < ANCHORS_SOON_MS;
    const isBeginning = performance.now() - this.#openedAt < LOCK_WITHIN_MS;
    const again = isKnown ? ANCHORS_MS : isBeginning ? ANCHORS_SOON_MS / 4 : ANCHORS_SOON_MS;
    this.#asker = setTimeout(() => void this.#ask(), again);
  }

  #lockOn(anchors: Anchors): Lock | undefined {
    return lockOn(anchors, this.#checksums, this.#next - this.#checksums.length);
  }

  /** What was known holds where the anchors are of other frames, for a while: the line may be slow. */
  #setLock(lock: Lock | undefined): void {
    if (!lock || this.#isDoubtful(lock)) return;
    // What was true of another stream says nothing of this one.
    if (this.#lock && this.#lock.epoch !== lock.epoch) this.#steering.renew(performance.now());
    this.#lock = lock;
    this.#lockedAt = performance.now();
  }

  /** A single answer that disagrees with what is known is not believed, as from a broken cache; two that agree are. */
  #isDoubtful(lock: Lock): boolean {
    const due = (known: Lock) => dueAt(known, this.#time.now());
    const isFar = (known: Lock | undefined) => !known || Math.abs(due(known) - due(lock)) > MAX_MOVE_S;
    const isDoubtful = this.#lock !== undefined && isFar(this.#lock) && isFar(this.#doubted);
    this.#doubted = isDoubtful ? lock : undefined;
    return isDoubtful;
  }

  readonly #tick = (): void => {
    if (this.#state === "aligning") this.#align();
    else this.#steer();
    this.#ticker = setTimeout(this.#tick, this.#state === "aligning" ? ALIGN_TICK_MS : TICK_MS);
  };

  /** Before it is heard: go to what is due, and learn how long that takes. */
  #align(): void {
    const elapsed = performance.now() - this.#openedAt;
    const due = this.#due(elapsed > LOCK_WITHIN_MS);
    const [begin, end] = this.#feed.buffered ?? [0, 0];
    if (due === undefined || end === 0) {
      if (elapsed > 2 * AUDIBLE_WITHIN_MS) this.#setState("approximate");
      return;
    }
    const isSettled = performance.now() - this.#movedAt > SEEK_SETTLE_MS && !this.#audio.seeking;
    const error = this.#audio.currentTime - due;
    if (this.#moves && !isSettled) return;
    // The sound that is due came before the stream began: no jump reaches it.
    const isNear = Math.abs(error) < AUDIBLE_S || due < begin;
    if (this.#moves && (isNear || elapsed > AUDIBLE_WITHIN_MS || this.#moves > 3)) {
      this.#setState(this.#lock ? this.#stateFor(error) : "approximate");
      return;
    }
    // What the last move was short of, this one begins with.
    if (this.#moves && this.#isExact) this.#lead = Math.max(0, this.#lead - error);
    const to = Math.max(begin, Math.min(due + this.#lead, end - SPARE_S));
    this.#isExact = to === due + this.#lead;
    this.#goTo(to);
  }

  #steer(): void {
    const isFresh = performance.now() - this.#lockedAt < LOCK_FOR_MS;
    const due = this.#due(false);
    const isKnown = due !== undefined && isFresh;
    if (!isKnown || this.#audio.paused || this.#audio.seeking || this.#audio.readyState < 3) {
      this.#audio.playbackRate = 1;
      if (!isKnown) this.#setState("approximate");
      return;
    }
    const [begin, end] = this.#feed.buffered ?? [0, 0];
    const to = due + this.#lead;
    // Where it would go there may be nothing: the sound is left as it is.
    const isThere = to >= begin && to < end - SPARE_S;
    const measured = this.#audio.currentTime - due;
    const { rate, seek } = this.#steering.measured(measured, performance.now(), isThere);
    if (this.#audio.playbackRate !== rate) this.#audio.playbackRate = rate;
    // After a stall or a jump, one measurement is better than what was known before.
    this.#setState(this.#stateFor(this.#steering.error ?? measured));
    if (seek !== undefined) this.#goTo(to);
    this.#tellError();
  }

  #goTo(mediaTime: number): void {
    this.#moves += 1;
    this.#movedAt = performance.now();
    this.#audio.currentTime = mediaTime;
  }

  /** The media time that is due now; by the age of the burst where nothing better is known, if `isGuessed`. */
  #due(isGuessed: boolean): number | undefined {
    if (this.#lock && this.#time.uncertaintyMs < MAX_UNCERTAINTY_MS)
      return dueAt(this.#lock, this.#time.now()) + this.#offsetS();
    const rateHz = this.#reader.header?.rateHz;
    if (!isGuessed || !rateHz || this.#next * SAMPLES[this.#stream.format] < rateHz) return undefined;
    return this.#sinceFirstMs / 1000 - GUESSED_TARGET_S + this.#offsetS();
  }

  /** How long ago the first audio was on the mount: the burst is that old. */
  get #sinceFirstMs(): number {
    return this.#stream.burst_ms + performance.now() - (this.#beganAt ?? this.#openedAt);
  }

  /** Whether it is on its way to another place of the stream, which is no stall. */
  get isMoving(): boolean {
    return performance.now() - this.#movedAt < MOVE_MS;
  }

  readonly #onWaiting = (): void => {
    if (this.#state === "aligning" || this.isMoving) return;
    this.#steering.renew(performance.now());
    this.#setState("approximate");
  };

  #setState(state: SyncState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#handlers.changed();
  }

  #stateFor(error: number): SyncState {
    return Math.abs(error) + this.#time.uncertaintyMs / 1000 < SYNCED_S ? "synced" : "approximate";
  }

  #tellError(): void {
    const { errorMs } = this;
    if (errorMs === this.#toldErrorMs || performance.now() - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldErrorMs = errorMs;
    this.#toldAt = performance.now();
    this.#handlers.changed();
  }

  #fail(): void {
    if (this.#ending.signal.aborted) return;
    this.close();
    this.#handlers.failed();
  }
}

/** Its time runs away from the sound while it plays at another rate, and it does not say so (measured in 153). */
function isFirefox(): boolean {
  return navigator.userAgent.includes("Firefox/");
}
