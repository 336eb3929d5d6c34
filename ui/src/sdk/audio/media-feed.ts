import type { Format, Header } from "./frames.ts";
import { joined } from "./frames.ts";
import { fragment, initSegment } from "./fragments.ts";

/** How frames of a format are given to a browser. */
interface Packing {
  readonly type: string;
  /** As they came, one after the other; or in fragments that say the time of each. */
  readonly isRaw: boolean;
}

const PACKINGS: Record<Format, readonly Packing[]> = {
  mp3: [
    { type: "audio/mpeg", isRaw: true },
    { type: 'audio/mp4; codecs="mp3"', isRaw: false },
  ],
  aac: [{ type: 'audio/mp4; codecs="mp4a.40.2"', isRaw: false }],
};
/** Audio is dropped so long after it was heard. */
const KEPT_S = 20;
const EVICTED_EVERY_S = 10;

type Source = typeof MediaSource;

/** iPhones have only the one that the system may stop. */
function sourceClass(): Source | undefined {
  return globalThis.MediaSource ?? (globalThis as { ManagedMediaSource?: Source }).ManagedMediaSource;
}

function packingOf(format: Format): Packing | undefined {
  return PACKINGS[format].find(({ type }) => sourceClass()?.isTypeSupported(type));
}

/** Whether the browser takes frames of a format from a script. */
export function canFeed(format: Format): boolean {
  return packingOf(format) !== undefined;
}

/** Plays frames in an `<audio>` element: frame `n` at the media time `n * frameS`. */
export class MediaFeed {
  readonly #audio: HTMLAudioElement;
  readonly #format: Format;
  readonly #packing: Packing;
  readonly #onError: () => void;
  readonly #source: MediaSource;
  readonly #url: string;
  #buffer: SourceBuffer | undefined;
  #queue: Uint8Array<ArrayBuffer>[] = [];
  #sequence = 0;
  #evictedAt = 0;

  /** `onError` is called when the browser takes no more. Throws if it takes nothing of this format: see `canFeed`. */
  constructor(audio: HTMLAudioElement, format: Format, onError: () => void) {
    const [Source, packing] = [sourceClass(), packingOf(format)];
    if (!Source || !packing) throw new Error(`this browser takes no ${format} from a script`);
    this.#audio = audio;
    this.#format = format;
    this.#packing = packing;
    this.#onError = onError;
    this.#source = new Source();
    this.#source.addEventListener("sourceopen", () => this.#onOpen(), { once: true });
    this.#url = URL.createObjectURL(this.#source);
    // Safari asks for that where the source is the managed one.
    audio.disableRemotePlayback = !globalThis.MediaSource;
    audio.src = this.#url;
  }

  /** The media times that can be played, in seconds. */
  get buffered(): readonly [begin: number, end: number] | undefined {
    const ranges = this.#buffer?.buffered;
    return ranges?.length ? [ranges.start(ranges.length - 1), ranges.end(ranges.length - 1)] : undefined;
  }

  /** Add frames, which go on from those before; `first` is the number of the first of them. */
  append(frames: readonly Uint8Array[], first: number, header: Header): void {
    const isBeginning = this.#sequence === 0;
    this.#sequence += 1;
    if (this.#packing.isRaw) this.#queue.push(joined(...frames));
    else {
      if (isBeginning) this.#queue.push(initSegment(this.#format, header));
      this.#queue.push(fragment(this.#format, this.#sequence, first, frames));
    }
    this.#pump();
  }

  close(): void {
    this.#queue = [];
    this.#buffer = undefined;
    this.#audio.disableRemotePlayback = false;
    URL.revokeObjectURL(this.#url);
  }

  #onOpen(): void {
    try {
      this.#buffer = this.#source.addSourceBuffer(this.#packing.type);
    } catch {
      return this.#onError();
    }
    if (this.#packing.isRaw) this.#buffer.mode = "sequence";
    this.#buffer.addEventListener("updateend", () => this.#pump());
    this.#buffer.addEventListener("error", () => this.#onError());
    this.#pump();
  }

  #pump(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#source.readyState !== "open") return;
    try {
      if (this.#queue.length) buffer.appendBuffer(joined(...this.#queue.splice(0)));
      else this.#evict(buffer);
    } catch {
      this.#onError();
    }
  }

  #evict(buffer: SourceBuffer): void {
    const until = this.#audio.currentTime - KEPT_S;
    if (until < this.#evictedAt + EVICTED_EVERY_S || !buffer.buffered.length) return;
    this.#evictedAt = until;
    buffer.remove(0, until);
  }
}
