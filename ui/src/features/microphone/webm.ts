/** Ids of elements (RFC 9559, 5.1). */
const SEGMENT = 0x18538067;
const CLUSTER = 0x1f43b675;
const TIMESTAMP = 0xe7;
const SIMPLE_BLOCK = 0xa3;
/** In front of a block's frame: its track, as a number of one byte, and its time after the cluster's, in two. */
const BLOCK_HEAD_BYTES = 3;
/** A size of which nothing is known: the element goes on until another one of its kind begins (RFC 8794, 6.2). */
const UNKNOWN_SIZE = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/** Opus for 20 ms of silence, in stereo (RFC 6716, 3.1). */
const SILENCE = [0xfc, 0xff, 0xfe];
const SILENCE_MS = 20;
/** The pipeline looks for a source every 0.6 s, and hears what comes from then on. */
export const LEAD_MS = 2_000;

/** A place in a piece of a recording at which a player can join; times in milliseconds. */
export interface Joint {
  readonly offset: number;
  /** Of the cluster that it is in. */
  readonly clusterMs: number;
  /** Of the block that begins there. */
  readonly blockMs: number;
  readonly track: number;
}

/** Follows a recording in WebM, whose pieces end anywhere, and makes a beginning for what is left of it. */
export class Webm {
  /** All that comes before the first cluster. */
  readonly #head: number[] = [];
  /** As much of an element as has to be known. */
  #element: number[] = [];
  /** The bytes of the present element that are still to come. */
  #skip = 0;
  #hasCluster = false;
  #clusterMs = 0;

  /** Take the next piece; returns where a player can join in it, undefined if no block begins there. */
  take(piece: Uint8Array): Joint | undefined {
    let joint: Joint | undefined;
    let begun: number | undefined;
    for (const [offset, byte] of piece.entries()) {
      if (!this.#hasCluster) this.#head.push(byte);
      if (this.#skip) {
        this.#skip -= 1;
        continue;
      }
      if (!this.#element.length) begun = offset;
      this.#element.push(byte);
      const block = this.#read();
      if (block && begun !== undefined) joint ??= { offset: begun, ...block };
    }
    return joint;
  }

  /** The head of the recording, two seconds of silence, and the head of the cluster that a joint is in. */
  beginning({ clusterMs, blockMs, track }: Joint): Uint8Array<ArrayBuffer> {
    const leadMs = leadOf({ blockMs });
    const silence = Array.from({ length: leadMs / SILENCE_MS }, (_, index) => silentBlock(track, index * SILENCE_MS));
    return Uint8Array.from([...this.#head, ...cluster(blockMs - leadMs), ...silence.flat(), ...cluster(clusterMs)]);
  }

  /** Look at the element that has begun; returns the times of a block once its head has come. */
  #read(): Omit<Joint, "offset"> | undefined {
    const element = this.#element;
    const idLength = vintLength(element[0]);
    const sizeLength = vintLength(element[idLength]);
    const begin = idLength + sizeLength;
    if (element.length < begin) return undefined;
    const id = number(element.slice(0, idLength));
    const size = number(element.slice(idLength, begin)) - 2 ** (7 * sizeLength);
    const needed = { [TIMESTAMP]: size, [SIMPLE_BLOCK]: BLOCK_HEAD_BYTES }[id] ?? 0;
    if (element.length < begin + needed) return undefined;
    this.#element = [];
    if (id === CLUSTER && !this.#hasCluster) {
      this.#hasCluster = true;
      this.#head.length -= begin;
    }
    if (id === TIMESTAMP) this.#clusterMs = number(element.slice(begin));
    if (id !== CLUSTER && id !== SEGMENT) this.#skip = size - needed;
    if (id !== SIMPLE_BLOCK) return undefined;
    const [track = 0, high = 0, low = 0] = element.slice(begin);
    const afterMs = ((high << 24) >> 16) | low;
    return { clusterMs: this.#clusterMs, blockMs: this.#clusterMs + afterMs, track: track & 0x7f };
  }
}

/** How much silence there is room for in front of a joint, in milliseconds. */
export function leadOf({ blockMs }: Pick<Joint, "blockMs">): number {
  return Math.floor(Math.min(LEAD_MS, blockMs) / SILENCE_MS) * SILENCE_MS;
}

function cluster(ms: number): number[] {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(ms));
  return [0x1f, 0x43, 0xb6, 0x75, ...UNKNOWN_SIZE, TIMESTAMP, 0x88, ...time];
}

function silentBlock(track: number, afterMs: number): number[] {
  const size = 0x80 | (BLOCK_HEAD_BYTES + 1 + SILENCE.length);
  return [SIMPLE_BLOCK, size, 0x80 | track, afterMs >> 8, afterMs & 0xff, 0x80, ...SILENCE];
}

/** The length of a number by its first byte; 8 while that has not come. */
function vintLength(first: number | undefined): number {
  return first === undefined ? 8 : Math.clz32(first) - 23;
}

function number(bytes: readonly number[]): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}
