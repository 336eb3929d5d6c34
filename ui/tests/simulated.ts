import { crc32 } from "../src/sdk/audio/crc32.ts";
import { joined } from "../src/sdk/audio/frames.ts";
import type { Anchors } from "../src/wire/schema.ts";

const HEADER = [0xff, 0xfb, 0x90, 0x64];
const SIZE = 417;
const SEND_EVERY_MS = 500;
const SEEK_MS = 80;
const ANCHORED = 380;
export const FRAME_S = 1152 / 44100;
export const TARGET_S = 3;
export const BURST_MS = 4_000;

/** A mount whose frame `n` is there at `t0 + n * FRAME_S`, as the server sees it; times in unix seconds. */
export class SimulatedMount {
  t0 = Date.now() / 1000 - 1_000;
  epoch = "e1";
  /** Whether all frames are the same, as in silence. */
  isSilent = false;
  /** How much of it is kept for those who come, in milliseconds. */
  keptMs = BURST_MS;
  /** Frames that were sent before the server began to count anew. */
  #uncounted = 0;
  #ends: (() => void)[] = [];

  /** The number of the frame that comes next. */
  get next(): number {
    return Math.floor((Date.now() / 1000 - this.t0) / FRAME_S);
  }

  /** Count the frames anew, without some of those that were sent before. */
  renumber(uncounted: number): void {
    this.epoch = "e2";
    this.t0 += uncounted * FRAME_S;
    this.#uncounted += uncounted;
  }

  anchors(changes: Partial<Anchors> = {}): Anchors {
    const n0 = this.next - ANCHORED;
    const crc = Array.from({ length: ANCHORED }, (_, index) =>
      this.isSilent ? null : crc32(this.#frame(n0 + index + this.#uncounted)),
    );
    const { t0, epoch: stream_epoch } = this;
    const times = { t0, frame_s: FRAME_S, target_s: TARGET_S, server_time: Date.now() / 1000 };
    return { mount: "/awaz.mp3", stream_epoch, n0, crc, ...times, ...changes };
  }

  /** Answers a listener's request: what Icecast has kept at once, and then the frames as they come. */
  readonly open = (_url: string, { signal }: { signal: AbortSignal }): Promise<Response> => {
    let sent = this.#made - Math.round(this.keptMs / 1000 / FRAME_S);
    let timer: ReturnType<typeof setInterval>;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        const send = () => {
          controller.enqueue(this.#frames(sent, this.#made));
          sent = this.#made;
        };
        const end = () => {
          clearInterval(timer);
          controller.error(new Error("the connection is cut"));
        };
        send();
        timer = setInterval(send, SEND_EVERY_MS);
        signal.addEventListener("abort", end);
        this.#ends.push(end);
      },
    });
    return Promise.resolve(new Response(body));
  };

  /** Cut all connections, as Icecast does when it ends. */
  cut(): void {
    this.#ends.splice(0).forEach((end) => end());
  }

  get #made(): number {
    return this.next + this.#uncounted;
  }

  #frames(from: number, until: number): Uint8Array<ArrayBuffer> {
    return joined(...Array.from({ length: until - from }, (_, index) => this.#frame(from + index)));
  }

  #frame(number: number): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(SIZE);
    bytes.set(HEADER);
    if (!this.isSilent) new DataView(bytes.buffer).setUint32(HEADER.length, number);
    return bytes;
  }
}

/** An `<audio>` element: what it plays, and how it was told to. Its clock runs faster than the server's by `drift`. */
export class SimulatedAudio extends EventTarget {
  muted = true;
  paused = false;
  readonly readyState = 4;
  readonly seeks: { readonly at: number; readonly muted: boolean }[] = [];
  readonly rates: number[] = [];
  readonly #drift: number;
  #rate = 1;
  #media = 0;
  #since = performance.now();
  #seekingUntil = 0;

  constructor(drift = 0) {
    super();
    this.#drift = drift;
  }

  get seeking(): boolean {
    return performance.now() < this.#seekingUntil;
  }

  get currentTime(): number {
    const elapsed = Math.max(0, performance.now() - Math.max(this.#since, this.#seekingUntil)) / 1000;
    return this.#media + elapsed * this.#rate * (1 + this.#drift);
  }

  set currentTime(media: number) {
    this.seeks.push({ at: performance.now(), muted: this.muted });
    this.#begin(media);
    this.#seekingUntil = performance.now() + SEEK_MS;
    // As in browsers.
    this.dispatchEvent(new Event("waiting"));
  }

  get playbackRate(): number {
    return this.#rate;
  }

  set playbackRate(rate: number) {
    this.#begin(this.currentTime);
    this.#rate = rate;
    this.rates.push(rate);
  }

  /** The sound stops for some milliseconds, and the page is told. */
  stall(milliseconds: number): void {
    this.sleep(milliseconds);
    this.dispatchEvent(new Event("waiting"));
  }

  /** The same, and nobody is told. */
  sleep(milliseconds: number): void {
    this.#begin(this.currentTime);
    this.#seekingUntil = 0;
    this.#since = performance.now() + milliseconds;
  }

  #begin(media: number): void {
    this.#media = media;
    this.#since = performance.now();
  }
}
