import { describe, expect, test } from "vitest";
import { filesOfFolder } from "../src/features/library/audio-files.ts";
import { placeOf, placeText } from "../src/features/library/cue-text.ts";
import { controlAfterKey, rowAfterKey } from "../src/features/library/grid-keys.ts";
import { after, stepOf, withMoved } from "../src/kit/order.ts";
import { durationText, whyText } from "../src/features/queue/why.ts";
import type { QueueItem, QueueView } from "../src/wire/schema.ts";

const HOUR_MS = 3_600_000;

function item(id: string, fixed = false): QueueItem {
  return {
    id,
    track: { id: `t${id}`, title: id, artist: "", duration_ms: 60_000 },
    starts_at: 0,
    fixed,
    why: { kind: "autodj" },
  };
}

function queue(ids: string, fixed = ""): QueueView {
  return { version: 1, applied: true, items: [...ids].map((id) => item(id, fixed.includes(id))) };
}

const order = ({ items }: Pick<QueueView, "items">) => items.map(({ id }) => id).join("");

describe("the order of a queue", () => {
  test.each([
    ["d", "b", "adbc"],
    ["a", "c", "bacd"],
    ["a", undefined, "bcda"],
    ["a", "a", "abcd"],
    ["z", "a", "abcd"],
  ])("%s goes before %s", (id, before, expected) => {
    const { items } = queue("abcd");
    expect(order({ items: withMoved(items, id, before) })).toBe(expected);
  });

  test("an item goes up and down by one, and not over what begins at this moment", () => {
    const { items } = queue("abcd", "a");
    expect(stepOf(items, 2, -1)).toEqual({ before: "b" });
    expect(stepOf(items, 2, 1)).toEqual({ before: undefined });
    expect(stepOf(items, 1, 1)).toEqual({ before: "d" });
    expect(stepOf(items, 1, -1)).toBeUndefined();
    expect(stepOf(items, 3, 1)).toBeUndefined();
    expect(stepOf(items, 0, 1)).toBeUndefined();
    expect(stepOf(items, -1, 1)).toBeUndefined();
    expect(after(items, "d")).toBeUndefined();
  });
});

test("the reason for an item names its largest unit of time", () => {
  expect(durationText(3.4 * HOUR_MS)).toBe("3 hours");
  expect(durationText(30_000)).toBe("1 minute");
  expect(durationText(50 * HOUR_MS)).toBe("2 days");
  expect(whyText({ why: { kind: "autodj" }, starts_at: 0 })).toBe("AutoDJ, never played before");
  expect(whyText({ why: { kind: "autodj", last_played_at: HOUR_MS }, starts_at: 4 * HOUR_MS })).toBe(
    "AutoDJ, not played for 3 hours",
  );
});

test.each([
  ["0:00.0", 0],
  ["1:02.5", 62_500],
  ["12:59.9", 779_900],
])("%s is a place in a track", (text, milliseconds) => {
  expect(placeText(milliseconds)).toBe(text);
  expect(placeOf(text)).toBe(milliseconds);
});

test.each([
  ["62,5", 62_500],
  ["5", 5_000],
  ["", undefined],
  ["1:2:3", undefined],
  ["soon", undefined],
])("typed as “%s”, it is %s", (text, milliseconds) => {
  expect(placeOf(text)).toBe(milliseconds);
});

test("of a folder, what is plainly no audio is left out", () => {
  const names = ["a.mp3", "Cover.JPG", ".DS_Store", "list.m3u8", "noext", "شام.flac", "notes.txt"];
  const { files, left } = filesOfFolder(names.map((name) => new File([], name)));
  expect(files.map(({ name }) => name)).toEqual(["a.mp3", "noext", "شام.flac"]);
  expect(left).toBe(4);
});

test("keys go from row to row and from control to control, as far as there are some", () => {
  expect(rowAfterKey("ArrowDown", 3, 5)).toBe(4);
  expect(rowAfterKey("ArrowDown", 4, 5)).toBe(4);
  expect(rowAfterKey("PageUp", 4, 5)).toBe(0);
  expect(rowAfterKey("End", 0, 5)).toBe(4);
  expect(rowAfterKey("x", 0, 5)).toBeUndefined();
  expect(controlAfterKey("ArrowRight", 0, 3, false)).toBe(1);
  expect(controlAfterKey("ArrowRight", 1, 3, true)).toBe(0);
  expect(controlAfterKey("ArrowLeft", 0, 3, false)).toBeUndefined();
});
