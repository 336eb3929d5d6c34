import { LEAD_MS, leadOf, type Joint, type Webm } from "./webm.ts";

/** A slice's number and its time in milliseconds, in four bytes each, big endian. */
const HEAD_BYTES = 8;

/** A slice as it is sent. */
export interface Message {
  readonly number: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Slice {
  readonly number: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When it was recorded, in milliseconds. */
  readonly at: number;
  readonly joint: Joint | undefined;
}

/** Slices of a recording, kept until the server has them. */
export class SliceBuffer {
  readonly #webm: Webm | undefined;
  /** Whether its first slice needs a beginning in front of it. */
  readonly #joins: boolean;
  #kept: Slice[] = [];
  #last = 0;
  #have = 0;

  /** A recording that can go on after the server has forgotten it is followed by `webm`. */
  constructor(webm?: Webm, joins = false) {
    this.#webm = webm;
    this.#joins = joins;
  }

  /** The newest slice that the server has. */
  get have(): number {
    return this.#have;
  }

  /** Whether it can go on as a recording of its own. */
  get canContinue(): boolean {
    return this.#webm !== undefined;
  }

  /** The silence that the first slice begins with, in milliseconds. */
  get leadMs(): number {
    if (!this.#joins) return 0;
    const joint = this.#kept[0]?.joint;
    return joint ? leadOf(joint) : LEAD_MS;
  }

  /** How long the oldest slice has been waiting for its acknowledgement, in milliseconds. */
  waitedMs(now: number): number {
    return this.#kept[0] ? now - this.#kept[0].at : 0;
  }

  /** Take a slice, unless nothing in it can be played. */
  add(bytes: Uint8Array<ArrayBuffer>, at: number): void {
    this.#keep(bytes, at, this.#webm?.take(bytes));
  }

  /** The server has all slices up to this one. */
  acknowledge(have: number): void {
    this.#have = Math.max(this.#have, have);
    this.#kept = this.#kept.filter(({ number }) => number > have);
  }

  /** The slices after one that was sent, of those that the server does not have. */
  *pending(after = 0): Generator<Message> {
    for (const slice of this.#kept) {
      if (slice.number > after) yield { number: slice.number, bytes: this.#message(slice) };
    }
  }

  /**
   * The slices that the server lacks, of those recorded from `since` on, as a recording of their own; undefined if that
   * cannot be made.
   */
  continued(since = -Infinity): SliceBuffer | undefined {
    if (!this.#webm) return undefined;
    const next = new SliceBuffer(this.#webm, true);
    for (const { bytes, at, joint } of this.#kept) if (at >= since) next.#keep(bytes, at, joint);
    return next;
  }

  #keep(bytes: Uint8Array<ArrayBuffer>, at: number, joint: Joint | undefined): void {
    if (this.#joins && !this.#last && !joint) return;
    this.#last += 1;
    this.#kept.push({ number: this.#last, bytes, at, joint });
  }

  #message({ number, bytes, at, joint }: Slice): Uint8Array<ArrayBuffer> {
    if (!this.#joins || number > 1 || !joint || !this.#webm) return message(number, at, [bytes]);
    return message(number, at, [this.#webm.beginning(joint), bytes.subarray(joint.offset)]);
  }
}

function message(number: number, atMs: number, parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.byteLength, HEAD_BYTES);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, number);
  view.setUint32(4, atMs);
  let at = HEAD_BYTES;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  return bytes;
}
