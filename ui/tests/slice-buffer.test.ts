import { expect, test } from "vitest";
import { SliceBuffer } from "../src/features/microphone/slice-buffer.ts";
import { Webm } from "../src/features/microphone/webm.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const messages = (buffer?: SliceBuffer) => [...(buffer?.pending() ?? [])].map((message) => message.bytes);
const read = (message: Uint8Array | undefined) =>
  message && [new DataView(message.buffer).getUint32(0), String.fromCharCode(...message.slice(8))];

test("slices are numbered, and kept until the server has them", () => {
  const buffer = new SliceBuffer();
  buffer.add(bytes("a"), 0);
  expect(messages(buffer).map(read)).toEqual([[1, "a"]]);
  buffer.add(bytes("b"), 250);
  buffer.add(bytes("c"), 500);
  buffer.acknowledge(1);
  expect(messages(buffer).map(read)).toEqual([
    [2, "b"],
    [3, "c"],
  ]);
  expect([buffer.have, buffer.waitedMs(1000)]).toEqual([1, 750]);
});

test("an acknowledgement that comes late takes nothing back", () => {
  const buffer = new SliceBuffer();
  for (const text of ["a", "b", "c"]) buffer.add(bytes(text), 0);
  buffer.acknowledge(3);
  buffer.acknowledge(1);
  expect([buffer.have, messages(buffer)]).toEqual([3, []]);
});

const element = (id: number[], payload: number[]) => [...id, 0x80 | payload.length, ...payload];
const block = (name: string, afterMs: number) =>
  element([0xa3], [0x81, afterMs >> 8, afterMs & 0xff, 0x80, ...bytes(name)]);
const UNKNOWN_SIZE = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const cluster = (ms: number[]) => [0x1f, 0x43, 0xb6, 0x75, ...UNKNOWN_SIZE, ...element([0xe7], ms)];
const HEAD = [
  ...element([0x1a, 0x45, 0xdf, 0xa3], [1, 2, 3]),
  ...[0x18, 0x53, 0x80, 0x67, ...UNKNOWN_SIZE],
  ...element([0x16, 0x54, 0xae, 0x6b], [4, 5]),
];
const LAST = block("five", 60);
const RECORDED = [
  ...HEAD,
  ...cluster([0]),
  ...block("one", 0),
  ...block("two", 60),
  ...block("three", 120),
  ...cluster([0x13, 0x88]),
  ...block("four", 0),
  ...LAST,
];
/** Two seconds in frames of 20 ms, in a cluster that begins 3,060 ms into the recording. */
const SILENCE = [
  ...cluster([0, 0, 0, 0, 0, 0, 0x0b, 0xf4]),
  ...Array.from({ length: 100 }, (_, index) => {
    const afterMs = index * 20;
    return element([0xa3], [0x81, afterMs >> 8, afterMs & 0xff, 0x80, 0xfc, 0xff, 0xfe]);
  }).flat(),
];
const CLUSTER_AT_5000 = cluster([0, 0, 0, 0, 0, 0, 0x13, 0x88]);

/** A recording that was cut somewhere, and of which the server had the part before. */
function cutAt(place: number): SliceBuffer {
  const buffer = new SliceBuffer(new Webm());
  buffer.add(Uint8Array.from(RECORDED.slice(0, place)), 0);
  buffer.add(Uint8Array.from(RECORDED.slice(place)), 250);
  buffer.acknowledge(1);
  return buffer;
}

test("a recording that the server has forgotten goes on after some silence, in the cluster that it was in", () => {
  const continued = cutAt(RECORDED.length - LAST.length).continued();
  const expected = [0, 0, 0, 1, 0, 0, 0, 250, ...HEAD, ...SILENCE, ...CLUSTER_AT_5000, ...LAST];
  expect(messages(continued).map((message) => [...message])).toEqual([expected]);
  const six = block("six", 120);
  continued?.add(Uint8Array.from(six), 500);
  expect([...(messages(continued)[1] ?? [])]).toEqual([0, 0, 0, 2, 0, 0, 0x01, 0xf4, ...six]);
  expect([continued?.have, continued?.waitedMs(1000)]).toEqual([0, 750]);
});

test("a slice that begins within a block is joined at the next one, wherever it is cut", () => {
  for (let place = 1; place <= RECORDED.length - LAST.length; place += 1) {
    const [joined] = messages(cutAt(place).continued());
    expect([...(joined ?? [])].slice(8, 8 + HEAD.length)).toEqual(HEAD);
    expect([...(joined ?? [])].slice(-LAST.length)).toEqual(LAST);
  }
});

test("a slice in which no block begins cannot be played", () => {
  expect(messages(cutAt(RECORDED.length - 2).continued())).toEqual([]);
});

test("only what was recorded late enough goes on", () => {
  const buffer = new SliceBuffer(new Webm());
  buffer.add(Uint8Array.from(RECORDED), 0);
  for (const [at, name] of [
    [250, "six"],
    [500, "seven"],
  ] as const)
    buffer.add(Uint8Array.from(block(name, 180)), at);
  const [first, ...others] = messages(buffer.continued(500));
  expect([...(first ?? [])].slice(-block("seven", 180).length)).toEqual(block("seven", 180));
  expect(others).toEqual([]);
});

test("what was sent over a line is not sent over it again", () => {
  const buffer = new SliceBuffer();
  for (const text of ["a", "b", "c"]) buffer.add(bytes(text), 0);
  expect([...buffer.pending(2)].map(({ number }) => number)).toEqual([3]);
});

test("nothing that is recorded in another format goes on without its beginning", () => {
  const buffer = new SliceBuffer();
  buffer.add(bytes("a"), 0);
  expect(buffer.continued()).toBeUndefined();
});
