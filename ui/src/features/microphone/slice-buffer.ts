/** Four bytes for a slice's number, big endian. */
const NUMBER_BYTES = 4;
/** The first bytes of a cluster of WebM: what stands before the first one is the recording's header. */
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75];

/** Slices of a recording, kept until the server has them. */
export class SliceBuffer {
  #kept: { readonly number: number; readonly bytes: Uint8Array<ArrayBuffer>; readonly at: number }[] = [];
  #last = 0;
  #have = 0;
  /** The header of a WebM recording, without which nobody can read the rest. */
  #header: Uint8Array<ArrayBuffer> | undefined;

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
    if (this.#last === 1) this.#header = headerOf(bytes);
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

  /**
   * Begin anew for a server that has forgotten the recording: its header, and then what it has not acknowledged. Returns
   * whether the recording can go on; if not, another one has to begin.
   */
  startAgain(at: number): boolean {
    const waiting = this.#kept;
    if (!this.#header) return false;
    this.#have = 0;
    this.#last = 0;
    this.#kept = [];
    const isWhole = waiting[0]?.number === 1;
    for (const bytes of isWhole ? [] : [this.#header]) this.#again(bytes, at);
    for (const slice of waiting) this.#again(slice.bytes, slice.at);
    return true;
  }

  #again(bytes: Uint8Array<ArrayBuffer>, at: number): void {
    this.#last += 1;
    this.#kept.push({ number: this.#last, bytes, at });
  }
}

function numbered(number: number, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(NUMBER_BYTES + bytes.byteLength);
  new DataView(message.buffer).setUint32(0, number);
  message.set(bytes, NUMBER_BYTES);
  return message;
}

/** What stands before the first cluster; undefined if this is no WebM. */
function headerOf(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  const at = bytes.findIndex((_, place) => CLUSTER.every((byte, index) => bytes[place + index] === byte));
  return at > 0 ? bytes.slice(0, at) : undefined;
}
