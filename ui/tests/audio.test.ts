import { describe, expect, test } from "vitest";
import { dueAt, isUsable, lockOn } from "../src/sdk/audio/anchors.ts";
import { crc32 } from "../src/sdk/audio/crc32.ts";
import { fragment, initSegment } from "../src/sdk/audio/fragments.ts";
import { FrameReader, headerAt, joined, type Format } from "../src/sdk/audio/frames.ts";
import { MAX_RATE_CHANGE, Steering } from "../src/sdk/audio/steering.ts";
import type { Anchors } from "../src/wire/schema.ts";

const HEADERS: Record<Format, readonly number[]> = {
  mp3: [0xff, 0xfb, 0x90, 0x64],
  aac: [0xff, 0xf1, 0x50, 0x80, 0x34, 0x3f, 0xfc],
};
const SIZE = 417;
const NOW = 1_800_000_000_000;
const FRAME_S = 1152 / 44100;

const frame = (format: Format, number: number) => {
  const bytes = new Uint8Array(SIZE).fill(number);
  bytes.set(HEADERS[format]);
  return bytes;
};
const frames = (format: Format, count: number) => Array.from({ length: count }, (_, number) => frame(format, number));
const text = (ascii: string) => new TextEncoder().encode(ascii);

test("a checksum is the one of zlib", () => {
  expect([crc32(text("123456789")), crc32(new Uint8Array())]).toEqual([0xcbf43926, 0]);
});

describe.each<Format>(["mp3", "aac"])("frames of %s", (format) => {
  const all = frames(format, 12);
  const confirmed = all.slice(0, -1);

  test.each([1, 7, 100, 417, 5000])("are found in pieces of %i bytes, from the middle of one on", (size) => {
    const stream = joined(...all).slice(100);
    const reader = new FrameReader(format);
    const pieces = Array.from({ length: Math.ceil(stream.length / size) }, (_, index) =>
      stream.slice(index * size, (index + 1) * size),
    );
    expect(pieces.flatMap((piece) => reader.feed(piece))).toEqual(confirmed.slice(1));
    expect(reader.header).toMatchObject({ size: SIZE, rateHz: 44100, channels: 2 });
  });

  test("are found again after a truncated one, a tag, and bytes of anything", () => {
    const tag = joined(text("ID3"), Uint8Array.of(4, 0, 0, 0, 0, 1, 2), frame(format, 1).slice(0, 130));
    const noise = joined(frame(format, 9).slice(0, 7), text("not a frame"));
    const stream = joined(...all.slice(0, 3), all[3]!.slice(0, 60), ...all.slice(4, 7), tag, ...all.slice(7, 9), noise);
    const found = new FrameReader(format).feed(joined(stream, ...all.slice(9), ...all.slice(0, 2)));
    expect(found).toEqual([...all.slice(0, 3), ...all.slice(4, 12), all[0]]);
  });
});

describe("a file in fragments", () => {
  const header = headerAt(frame("aac", 1), 0, "aac")!;

  test("says what its frames are", () => {
    const bytes = initSegment("aac", header);
    const at = (name: string) => new TextDecoder("latin1").decode(bytes).indexOf(name);
    expect([at("ftyp"), at("moov") > 0, at("mp4a") > 0, at("esds") > 0]).toEqual([4, true, true, true]);
    // AAC-LC, 44.1 kHz, two channels.
    expect(new TextDecoder("latin1").decode(bytes)).toContain("\x05\x02\x12\x10");
  });

  test("has the time of its first frame, and the frames without their headers", () => {
    const bytes = fragment("aac", 3, 5_000_000, [frame("aac", 1), frame("aac", 2)]);
    const view = new DataView(bytes.buffer);
    const tfdt = new TextDecoder("latin1").decode(bytes).indexOf("tfdt");
    expect(view.getBigUint64(tfdt + 8)).toBe(5_000_000n * 1024n);
    const dataAt = view.getUint32(0) + 8;
    expect(bytes.slice(dataAt)).toEqual(joined(frame("aac", 1).slice(7), frame("aac", 2).slice(7)));
  });
});

describe("anchors", () => {
  const anchors = (changes: Partial<Anchors> = {}): Anchors => ({
    mount: "/awaz.mp3",
    stream_epoch: "e1",
    n0: 1000,
    crc: [11, null, 12, 13, 14, null],
    t0: NOW / 1000 - 1006 * FRAME_S,
    frame_s: FRAME_S,
    target_s: 3,
    server_time: NOW / 1000,
    ...changes,
  });

  test("tell which number the frames have that are received here", () => {
    const lock = lockOn(anchors(), [7, 8, 11, 9, 12, 13, 14], 50);
    expect(lock).toMatchObject({ epoch: "e1", first: 1000 - 52 });
    // What is due now was on the mount three seconds ago.
    expect(dueAt(lock!, NOW)).toBeCloseTo((1006 - 948) * FRAME_S - 3);
  });

  test.each([
    ["two of them are too few", [11, 1, 12, 2]],
    ["they contradict each other", [11, 1, 12, 13, 2, 14]],
    ["what is here twice does not count", [11, 1, 12, 13, 11, 12]],
  ])("tell nothing where %s", (_, received) => {
    expect(lockOn(anchors(), received, 0)).toBeUndefined();
  });

  test("can be gone by while they are new and possible", () => {
    expect(isUsable(anchors(), NOW + 5_000)).toBe(true);
    expect(isUsable(anchors(), NOW + 90_000)).toBe(false);
    const wrong: object[] = [{ t0: 0 }, { frame_s: 0 }, { target_s: 1e9 }, { n0: "1" }, { crc: "x" }, { t0: null }];
    expect(wrong.filter((each) => isUsable(anchors(each), NOW))).toEqual([]);
  });
});

describe("steering", () => {
  const steer = (steering: Steering, errors: number[], from = 0) =>
    errors.map((error, index) => steering.measured(error, from + index * 250));
  const times = (error: number) => Array<number>(5).fill(error);

  test("does nothing about an error that nobody notices", () => {
    expect(steer(new Steering({ canChangeRate: true }), times(0.004)).at(-1)).toEqual({ rate: 1 });
  });

  test("plays faster where it is late and slower where it is early, by three percent at most", () => {
    const rates = [-0.02, 0.02, -0.3, 0.3].map(
      (error) => steer(new Steering({ canChangeRate: true }), times(error)).at(-1)!.rate,
    );
    const expected = [1.0133, 0.9867, 1 + MAX_RATE_CHANGE, 1 - MAX_RATE_CHANGE];
    rates.forEach((rate, index) => expect(rate).toBeCloseTo(expected[index]!, 3));
  });

  test("goes on until the error is gone, and not only until it is small", () => {
    const steering = new Steering({ canChangeRate: true });
    steer(steering, times(-0.02));
    expect(steer(steering, times(-0.004), 2_000).at(-1)!.rate).toBeGreaterThan(1);
    expect(steer(steering, times(-0.001), 4_000).at(-1)).toEqual({ rate: 1 });
  });

  test("one wrong measurement moves nothing", () => {
    expect(
      steer(new Steering({ canChangeRate: true }), [0, 0, 0, 5, 0, 0]).every(({ seek, rate }) => !seek && rate === 1),
    ).toBe(true);
  });

  test("jumps where the rate would take too long, once, and again only after a stall", () => {
    const steering = new Steering({ canChangeRate: true });
    const jumps = (from: number) => steer(steering, Array<number>(40).fill(-2), from).flatMap(({ seek }) => seek ?? []);
    expect(jumps(0)).toEqual([2]);
    expect(jumps(20_000)).toEqual([]);
    steering.renew(40_000);
    expect(jumps(40_000)).toEqual([2]);
  });

  test("without another rate, it jumps where the error is heard, and leaves the rest", () => {
    expect(steer(new Steering({ canChangeRate: false }), times(-0.05)).at(-1)).toEqual({ rate: 1 });
    expect(steer(new Steering({ canChangeRate: false }), times(-0.12)).at(-1)).toEqual({ rate: 1, seek: 0.12 });
  });
});
