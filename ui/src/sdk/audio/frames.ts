import type { StreamView } from "../../wire/schema.ts";

export type Format = StreamView["format"];

/** The fields of a frame's header. */
export interface Header {
  readonly size: number;
  readonly rateHz: number;
  readonly channels: number;
  /** Of AAC: its object type, as in an AudioSpecificConfig (ISO/IEC 14496-3, 1.6). */
  readonly objectType: number;
}

/** Samples of a frame: MPEG-1 Layer III (ISO/IEC 11172-3, 2.4.2), AAC-LC (ISO/IEC 14496-3, 4.5.1.1). */
export const SAMPLES: Record<Format, number> = { mp3: 1152, aac: 1024 };
/** The longer of the two kinds of an ADTS header. */
const HEADER_BYTES = 7;
const MP3_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MP3_RATES = [44100, 48000, 32000];
export const AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];
/** The header of an ID3v2 tag (id3.org, ID3v2.4.0, 3.1). */
const ID3_BYTES = 10;
/** A longer tag is not believed, and searched for frames. */
const MAX_TAG_BYTES = 1024 * 1024;
/** Three headers at the distances that they name themselves cannot be a coincidence. */
const IN_A_ROW = 3;

/** Read the header of a frame; undefined where there is none. */
export function headerAt(bytes: Uint8Array, at: number, format: Format): Header | undefined {
  return format === "mp3" ? mp3Header(bytes, at) : adtsHeader(bytes, at);
}

function mp3Header(bytes: Uint8Array, at: number): Header | undefined {
  const [second, third, fourth] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  const [kbps, rateHz] = [MP3_KBPS[third >> 4], MP3_RATES[(third >> 2) & 3]];
  if (bytes[at] !== 0xff || second < 0xfa || second > 0xfb || !kbps || !rateHz) return undefined;
  const size = Math.floor((144_000 * kbps) / rateHz) + ((third >> 1) & 1);
  return { size, rateHz, channels: fourth >> 6 === 3 ? 1 : 2, objectType: 0 };
}

/** ISO/IEC 13818-7, 6.2. */
function adtsHeader(bytes: Uint8Array, at: number): Header | undefined {
  const [second, third, fourth] = [bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
  const size = ((fourth & 3) << 11) | (bytes[at + 4]! << 3) | (bytes[at + 5]! >> 5);
  const rateHz = AAC_RATES[(third >> 2) & 15];
  if (bytes[at] !== 0xff || (second & 0xf6) !== 0xf0 || !rateHz || size < HEADER_BYTES) return undefined;
  return { size, rateHz, channels: ((third & 1) << 2) | (fourth >> 6), objectType: (third >> 6) + 1 };
}

/**
 * Reads MP3 or ADTS frames from a stream. Which ones are found depends on the bytes alone, by the same rules as on the
 * server: a frame counts once the header that follows it is there, and what is between two frames is passed over.
 */
export class FrameReader {
  readonly #format: Format;
  #buffer = new Uint8Array();
  #inSync = false;
  #skip = 0;
  /** The header of the newest frame. */
  header: Header | undefined;

  constructor(format: Format) {
    this.#format = format;
  }

  /** The frames that are whole with this piece, in order. */
  feed(piece: Uint8Array): Uint8Array[] {
    const buffer = joined(this.#buffer, piece);
    const frames: Uint8Array[] = [];
    let at = Math.min(this.#skip, buffer.length);
    this.#skip -= at;
    while (!this.#skip) {
      if (!this.#inSync) [at, this.#inSync] = this.#search(buffer, at);
      if (!this.#inSync) break;
      const end = this.#end(buffer, at);
      if (end === undefined) break;
      if (end) {
        frames.push(buffer.slice(at, end));
        at = this.#pastTag(buffer, end);
      } else {
        at += 1;
        this.#inSync = false;
      }
    }
    this.#buffer = buffer.slice(at);
    return frames;
  }

  /** Where the frame at `at` ends; 0 if it is none, undefined if that is not known yet. */
  #end(buffer: Uint8Array, at: number): number | undefined {
    const header = this.#headerAt(buffer, at);
    if (!header) return header === undefined ? undefined : 0;
    const end = at + header.size;
    const following = this.#headerAt(buffer, end);
    if (following === undefined) return undefined;
    if (!following && !isTag(buffer, end)) return 0;
    this.header = header;
    return end;
  }

  /** The header at a place; null if there is none, undefined if it is not there yet. */
  #headerAt(buffer: Uint8Array, at: number): Header | null | undefined {
    if (at + ID3_BYTES > buffer.length) return undefined;
    return headerAt(buffer, at, this.#format) ?? null;
  }

  /** Where frames begin again, and true; or from where on to search when there is more. */
  #search(buffer: Uint8Array, from: number): [at: number, isFound: boolean] {
    for (let at = buffer.indexOf(0xff, from); at >= 0; at = buffer.indexOf(0xff, at + 1)) {
      const isFrame = this.#isChain(buffer, at);
      if (isFrame !== false) return [at, isFrame === true];
    }
    return [buffer.length, false];
  }

  #isChain(buffer: Uint8Array, from: number): boolean | undefined {
    let at = from;
    for (let count = 0; count < IN_A_ROW; count += 1) {
      const header = this.#headerAt(buffer, at);
      if (!header) return header === undefined ? undefined : false;
      at += header.size;
    }
    return true;
  }

  #pastTag(buffer: Uint8Array, at: number): number {
    if (!isTag(buffer, at)) return at;
    // Seven bits of each byte, so that no frame is found in it (3.1, 6.2).
    const size = buffer.slice(at + 6, at + ID3_BYTES).reduce((sum, byte) => (sum << 7) | (byte & 0x7f), 0) + ID3_BYTES;
    if (size > MAX_TAG_BYTES) {
      this.#inSync = false;
      return at + 1;
    }
    const end = Math.min(at + size, buffer.length);
    this.#skip = at + size - end;
    return end;
  }
}

function isTag(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x49 && bytes[at + 1] === 0x44 && bytes[at + 2] === 0x33;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
