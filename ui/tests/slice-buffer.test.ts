import { expect, test } from "vitest";
import { SliceBuffer } from "../src/features/microphone/slice-buffer.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
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
