import { expect, test } from "vitest";
import { SliceBuffer } from "../src/features/microphone/slice-buffer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const CLUSTER = "\u001fC\u00b6u";
/** The first slice of a WebM recording: its header, and the beginning of a cluster. */
const first = (header: string, rest: string) =>
  Uint8Array.from([...header, ...CLUSTER, ...rest].map((char) => char.charCodeAt(0)));
const read = (message: Uint8Array) => [
  new DataView(message.buffer).getUint32(0),
  String.fromCharCode(...message.slice(4)),
];

test("slices are numbered, and kept until the server has them", () => {
  const buffer = new SliceBuffer();
  expect(read(buffer.add(bytes("a"), 0))).toEqual([1, "a"]);
  buffer.add(bytes("b"), 250);
  buffer.add(bytes("c"), 500);
  buffer.acknowledge(1);
  expect(buffer.pending().map(read)).toEqual([
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
  expect([buffer.have, buffer.pending()]).toEqual([3, []]);
});

test("a server that has forgotten the recording gets its header, and what it did not have", () => {
  const buffer = new SliceBuffer();
  buffer.add(first("header", "one"), 0);
  buffer.add(bytes("two"), 0);
  buffer.add(bytes("three"), 0);
  buffer.acknowledge(2);
  expect(buffer.startAgain(0)).toBe(true);
  expect(buffer.have).toBe(0);
  expect(buffer.pending().map(read)).toEqual([
    [1, "header"],
    [2, "three"],
  ]);
  expect(read(buffer.add(bytes("four"), 0))).toEqual([3, "four"]);
});

test("a recording of which the server had nothing begins with its first slice", () => {
  const buffer = new SliceBuffer();
  buffer.add(first("header", "one"), 0);
  buffer.add(bytes("two"), 0);
  expect(buffer.startAgain(0)).toBe(true);
  expect(buffer.pending().map(read)).toEqual([
    [1, `header${CLUSTER}one`],
    [2, "two"],
  ]);
});

test("a recording without a header that is known cannot go on", () => {
  const buffer = new SliceBuffer();
  buffer.add(bytes("no webm"), 0);
  expect(buffer.startAgain(0)).toBe(false);
});
