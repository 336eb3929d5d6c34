import { expect, test } from "vitest";
import { isSame, playable, type Stream } from "../src/features/player/streams.ts";

const mp3: Stream = { format: "mp3", url: "/awaz.mp3", bitrate_kbps: 192, burst_ms: 9000 };
const aac: Stream = { format: "aac", url: "/awaz.aac", bitrate_kbps: 128, burst_ms: 4608 };
const everything = () => "maybe";

test("AAC is preferred, since it is closer to the studio", () => {
  expect(playable([mp3, aac], everything)).toEqual([aac, mp3]);
});

test("the listener's choice comes first, and the others stay as a way out", () => {
  expect(playable([mp3, aac], everything, "mp3")).toEqual([mp3, aac]);
});

test("a format that the browser cannot play is left out, also if it was chosen", () => {
  const noAac = (mediaType: string) => (mediaType === "audio/aac" ? "" : "probably");
  expect(playable([mp3, aac], noAac, "aac")).toEqual([mp3]);
});

test("streams are the same if their addresses are", () => {
  expect(isSame([mp3, aac], [{ ...mp3 }, { ...aac, burst_ms: 1 }])).toBe(true);
  expect(isSame([mp3], [mp3, aac])).toBe(false);
  expect(isSame([mp3], [{ ...mp3, url: "/other.mp3" }])).toBe(false);
});
