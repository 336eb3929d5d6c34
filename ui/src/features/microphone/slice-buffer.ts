/** Four bytes for a slice's number, big endian. */
const NUMBER_BYTES = 4;

/** Slices of a recording, kept until the server has them. */
export class SliceBuffer {
  #kept: { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number }[] = [];
  #last = 0;
  #have = 0;

  /** The newest slice that the server has. */
  get have(): number {
    return this.#have;
  }

  /** How long the oldest slice has been waiting for its acknowledgement, in milliseconds. */
  waitedMs(now: number): number {
    return this.#kept[0] ? now - this.#kept[0].at : 0;
  }

  /** Take a slice; returns the message to send. */
  add(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
    this.#last += 1;
    this.#kept.push({ number: this.#last, bytes, at });
    return numbered(this.#last, bytes);
  }

  /** The server has all slices up to this one. */
  acknowledge(have: number): void {
    this.#have = Math.max(this.#have, have);
    this.#kept = this.#kept.filter(({ number }) => number > have);
  }

  /** The messages that the server does not have. */
  pending(): Uint8Array<ArrayBuffer>[] {
    return this.#kept.map(({ number, bytes }) => numbered(number, bytes));
  }
}

function numbered(number: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(NUMBER_BYTES + bytes.byteLength);
  new DataView(message.buffer).setUint32(0, number);
  message.set(bytes, NUMBER_BYTES);
  return message;
}
