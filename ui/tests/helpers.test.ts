import { describe, expect, test } from "vitest";
import { fullJitter } from "../src/client/backoff.ts";
import { ServerClock } from "../src/client/clock.ts";
import { withDigest, withOnAir } from "../src/client/directory.ts";
import { rightsOf } from "../src/client/rights.ts";
import { audibleUrl, liveEdgeUrl, slugOfPath } from "../src/client/urls.ts";
import { sentence } from "../src/parts/problem.ts";
import { scriptOf } from "../src/parts/script.ts";
import { agoText, clockText } from "../src/parts/time.ts";

describe("clock", () => {
  test("takes the exchange with the shortest way", () => {
    const clock = new ServerClock();
    clock.sample(1000, 1100, 6080);
    clock.sample(2000, 2500, 7300);
    expect(clock.now(3000)).toBe(8030);
    expect(clock.roundTrip).toBe(500);
  });

  test("notices that a clock was set", () => {
    const clock = new ServerClock();
    clock.sample(1000, 1010, 1005);
    clock.sample(2000, 2200, 62100);
    expect(clock.now(2200)).toBe(62200);
  });

  test("a hint counts until an exchange is known", () => {
    const clock = new ServerClock();
    clock.hint(1000, 5000);
    expect(clock.now(1000)).toBe(5000);
    clock.sample(1000, 1100, 6050);
    clock.hint(2000, 0);
    expect(clock.now(2000)).toBe(7000);
  });
});

test("full jitter lies between nothing and the capped double", () => {
  expect([0, 1, 2, 5, 60].map((attempt) => fullJitter(attempt, 1000, 30_000, () => 1))).toEqual([1000, 2000, 4000, 30_000, 30_000]);
  expect(fullJitter(4, 1000, 30_000, () => 0)).toBe(0);
});

describe("addresses", () => {
  test.each([
    ["http://127.0.0.1:8000/awaz.mp3", "192.168.1.5", "http://192.168.1.5:8000/awaz.mp3"],
    ["http://localhost:8000/awaz.mp3", "radio.local", "http://radio.local:8000/awaz.mp3"],
    ["http://[::1]:8000/awaz.mp3", "radio.local", "http://radio.local:8000/awaz.mp3"],
    ["http://127.0.0.1:8000/awaz.mp3", "[fe80::1]", "http://[fe80::1]:8000/awaz.mp3"],
    ["http://127.0.0.1:8000/awaz.mp3", "localhost", "http://127.0.0.1:8000/awaz.mp3"],
    ["https://audio.example/awaz.mp3", "radio.local", "https://audio.example/awaz.mp3"],
    ["not an address", "radio.local", "not an address"],
  ])("%s seen from %s is %s", (stream, page, heard) => {
    expect(audibleUrl(stream, page)).toBe(heard);
  });

  test("the live edge is never cached", () => {
    expect(liveEdgeUrl("http://h/a.mp3", 36)).toBe("http://h/a.mp3?t=10");
    expect(liveEdgeUrl("http://h/a.mp3?x=1", 36)).toBe("http://h/a.mp3?x=1&t=10");
  });

  test.each([
    ["/", undefined],
    ["/s/awaz", "awaz"],
    ["/s/awaz/", "awaz"],
    ["/s/Not%20One", ""],
    ["/s/", ""],
    ["/s/a/b", undefined],
  ])("%s names %s", (path, slug) => {
    expect(slugOfPath(path)).toBe(slug);
  });
});

describe("directory", () => {
  const one = { station: "one", on_air: "autodj" as const, listeners: 1, title: "T" };

  test("a digest changes what it names and adds what is new", () => {
    const two = { station: "two", on_air: "live" as const, listeners: 5 };
    expect(withDigest([one], [{ ...one, listeners: 2 }, two])).toEqual([{ ...one, listeners: 2 }, two]);
  });

  test("off air there is no title", () => {
    expect(withOnAir([one], "one", "offair")).toEqual([{ station: "one", on_air: "offair", listeners: 1 }]);
    expect(withOnAir([one], "one", "live")).toEqual([{ ...one, on_air: "live" }]);
    expect(withOnAir([], "new", "live")).toEqual([{ station: "new", on_air: "live", listeners: 0 }]);
  });
});

describe("rights", () => {
  test.each([
    ["admin", undefined, { runsIt: true, isOnAir: true, moderates: true, rank: 0 }],
    ["user", "owner", { runsIt: true, isOnAir: true, moderates: true, rank: 1 }],
    ["user", "host", { runsIt: false, isOnAir: true, moderates: true, rank: 2 }],
    ["user", "moderator", { runsIt: false, isOnAir: false, moderates: true, rank: 3 }],
    ["user", "listener", { runsIt: false, isOnAir: false, moderates: false, rank: 4 }],
    ["user", undefined, { runsIt: false, isOnAir: false, moderates: false, rank: 5 }],
  ] as const)("a platform %s who is %s of a station", (platform, at, rights) => {
    expect(rightsOf(platform, at)).toEqual(rights);
  });
});

test("the server's words become sentences", () => {
  expect(sentence("login or password is wrong")).toBe("Login or password is wrong.");
  expect(sentence("Please sign in again.")).toBe("Please sign in again.");
});

test("scripts", () => {
  expect(scriptOf("Pasoori")).toBe("");
  expect(scriptOf("گلوں میں رنگ")).toBe("nastaliq");
  expect(scriptOf("Live: تاجدارِ حرم")).toBe("nastaliq");
  expect(scriptOf("أنت عمري")).toBe("naskh");
});

test("times", () => {
  expect([0, 61_000, 3_600_000, -5].map(clockText)).toEqual(["0:00", "1:01", "1:00:00", "0:00"]);
  const minute = 60_000;
  expect([0, 4 * minute, 90 * minute, 30 * 60 * minute, 72 * 60 * minute].map((ago) => agoText(0, ago))).toEqual([
    "just now",
    "4 min ago",
    "1 h ago",
    "yesterday",
    "3 days ago",
  ]);
});
