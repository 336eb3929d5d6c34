import type { Anchors } from "../../wire/schema.ts";

/** So many frames that nobody else has sent say where a stream is. */
const MIN_MATCHES = 3;
/** Anchors that are older are those of a cache that is out of order. */
const MAX_AGE_MS = 10_000;
/** No player is to be further behind. */
const MAX_TARGET_S = 30;

/** Where a stream that is received here is on the mount's timeline. */
export interface Lock {
  readonly epoch: string;
  /** The server's number of our frame 0. */
  readonly first: number;
  /** When the server's frame 0 was on the mount, in unix seconds. */
  readonly t0: number;
  readonly frameS: number;
  readonly targetS: number;
}

/** Whether anchors can be relied on: a proxy may send old ones, and a stranger anything. */
export function isUsable(anchors: Anchors, now: number): boolean {
  const { crc, n0, t0, frame_s, target_s, server_time } = anchors;
  return (
    Array.isArray(crc) &&
    [n0, t0, frame_s, target_s, server_time].every(Number.isFinite) &&
    frame_s > 0 &&
    frame_s < 1 &&
    target_s >= 0 &&
    target_s <= MAX_TARGET_S &&
    Math.abs(server_time * 1000 - now) < MAX_AGE_MS &&
    // The newest frame has just come.
    Math.abs(t0 + (n0 + crc.length) * frame_s - server_time) < MAX_AGE_MS / 1000
  );
}

/**
 * Find received frames among the anchors: `received` has the checksum of each by its number here, which begins with
 * `from`. Undefined where they are not there, or where they contradict each other.
 */
export function lockOn(anchors: Anchors, received: readonly number[], from: number): Lock | undefined {
  const numbers = new Map<number, number>();
  const repeated = new Set<number>();
  received.forEach((checksum, index) => {
    if (numbers.has(checksum)) repeated.add(checksum);
    numbers.set(checksum, from + index);
  });
  const firsts = anchors.crc.flatMap((checksum, index) => {
    const number = checksum === null || repeated.has(checksum) ? undefined : numbers.get(checksum);
    return number === undefined ? [] : [anchors.n0 + index - number];
  });
  const first = firsts[0];
  if (first === undefined || firsts.length < MIN_MATCHES || firsts.some((each) => each !== first)) return undefined;
  const { stream_epoch: epoch, t0, frame_s: frameS, target_s: targetS } = anchors;
  return { epoch, first, t0, frameS, targetS };
}

/** The media time that is to be heard at a server time (unix milliseconds), in seconds. */
export function dueAt({ first, t0, frameS, targetS }: Lock, now: number): number {
  return now / 1000 - targetS - t0 - first * frameS;
}
