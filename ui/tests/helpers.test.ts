import { describe, expect, test } from "vitest";
import { fullJitter } from "../src/sdk/backoff.ts";
import { ServerClock } from "../src/sdk/clock.ts";
import { applyDigest, applyOnAir } from "../src/sdk/directory.ts";
import { permissionsFor } from "../src/app/permissions.ts";
import { reachableUrl, liveEdgeUrl, slugFromPath } from "../src/app/urls.ts";
import { toSentence } from "../src/i18n/problems.ts";
import { runsOf } from "../src/i18n/script.ts";
import { clockText } from "../src/i18n/time.ts";

describe("the server clock", () => {
  test("uses the sample with the shortest round trip", () => {
    const clock = new ServerClock();
    clock.sample(1000, 1100, 6080);
    clock.sample(2000, 2500, 7300);
    expect(clock.now(3000)).toBe(8030);
  });

  test("detects that a clock was changed", () => {
    const clock = new ServerClock();
    clock.sample(1000, 1010, 1005);
    clock.sample(2000, 2200, 62100);
    expect(clock.now(2200)).toBe(62200);
  });

  test("uses a hint until there is a sample", () => {
    const clock = new ServerClock();
    clock.hint(1000, 5000);
    expect(clock.now(1000)).toBe(5000);
    clock.sample(1000, 1100, 6050);
    clock.hint(2000, 0);
    expect(clock.now(2000)).toBe(7000);
  });
});

test("full jitter is a random fraction of the capped exponential", () => {
  expect([0, 1, 2, 5, 60].map((attempt) => fullJitter(attempt, 1000, 30_000, () => 1))).toEqual([
    1000, 2000, 4000, 30_000, 30_000,
  ]);
  expect(fullJitter(4, 1000, 30_000, () => 0)).toBe(0);
});

describe("URLs", () => {
  test.each([
    ["http://127.0.0.1:8000/awaz.mp3", "192.168.1.5", "http://192.168.1.5:8000/awaz.mp3"],
    ["http://localhost:8000/awaz.mp3", "radio.local", "http://radio.local:8000/awaz.mp3"],
    ["http://[::1]:8000/awaz.mp3", "radio.local", "http://radio.local:8000/awaz.mp3"],
    ["http://127.0.0.1:8000/awaz.mp3", "[fe80::1]", "http://[fe80::1]:8000/awaz.mp3"],
    ["http://127.0.0.1:8000/awaz.mp3", "localhost", "http://127.0.0.1:8000/awaz.mp3"],
    ["https://audio.example/awaz.mp3", "radio.local", "https://audio.example/awaz.mp3"],
    ["not an address", "radio.local", "not an address"],
  ])("%s on a page at %s becomes %s", (stream, page, expected) => {
    expect(reachableUrl(stream, page)).toBe(expected);
  });

  test("the live edge has a unique URL", () => {
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
  ])("the slug in %s is %s", (path, slug) => {
    expect(slugFromPath(path)).toBe(slug);
  });
});

describe("the directory", () => {
  const one = {
    station: "one",
    name: "One",
    on_air: "autodj" as const,
    listeners: 1,
    title: "T",
    stream_url: "/one.mp3",
  };

  test("a digest updates the listed stations and adds new ones", () => {
    const two = { station: "two", name: "Two", on_air: "live" as const, listeners: 5, stream_url: "/two.mp3" };
    expect(applyDigest([one], [{ ...one, listeners: 2 }, two])).toEqual([{ ...one, listeners: 2 }, two]);
  });

  test("a station that is off air has no title", () => {
    expect(applyOnAir([one], "one", "offair")).toEqual([
      { station: "one", name: "One", on_air: "offair", listeners: 1, stream_url: "/one.mp3" },
    ]);
    expect(applyOnAir([one], "one", "live")).toEqual([{ ...one, on_air: "live" }]);
    expect(applyOnAir([], "new", "live")).toEqual([
      { station: "new", name: "new", on_air: "live", listeners: 0, stream_url: "" },
    ]);
  });
});

describe("permissions", () => {
  test.each([
    [
      "admin",
      undefined,
      {
        canManage: true,
        canConfigure: true,
        canManageKeys: true,
        canBroadcast: true,
        canKick: true,
        canModerate: true,
        canProgram: true,
        rank: 0,
      },
    ],
    [
      "user",
      "owner",
      {
        canManage: true,
        canConfigure: true,
        canManageKeys: true,
        canBroadcast: true,
        canKick: true,
        canModerate: true,
        canProgram: true,
        rank: 1,
      },
    ],
    [
      "user",
      "host",
      {
        canManage: false,
        canConfigure: false,
        canManageKeys: false,
        canBroadcast: true,
        canKick: false,
        canModerate: true,
        canProgram: true,
        rank: 2,
      },
    ],
    [
      "user",
      "moderator",
      {
        canManage: false,
        canConfigure: false,
        canManageKeys: false,
        canBroadcast: false,
        canKick: false,
        canModerate: true,
        canProgram: false,
        rank: 3,
      },
    ],
    [
      "user",
      "listener",
      {
        canManage: false,
        canConfigure: false,
        canManageKeys: false,
        canBroadcast: false,
        canKick: false,
        canModerate: false,
        canProgram: false,
        rank: 4,
      },
    ],
    [
      "user",
      undefined,
      {
        canManage: false,
        canConfigure: false,
        canManageKeys: false,
        canBroadcast: false,
        canKick: false,
        canModerate: false,
        canProgram: false,
        rank: 5,
      },
    ],
  ] as const)("of a platform %s with the station role %s", (platformRole, stationRole, permissions) => {
    expect(permissionsFor(platformRole, stationRole)).toEqual(permissions);
  });
});

test("error messages are capitalized and punctuated", () => {
  expect(toSentence("wrong username or password")).toBe("Wrong username or password.");
  expect(toSentence("Please sign in again.")).toBe("Please sign in again.");
});

test.each([
  ["Pasoori", ["Pasoori"]],
  ["گلوں میں رنگ", ["ur:گلوں میں رنگ"]],
  ["أنت عمري", ["ar:أنت عمري"]],
  ["Live: تاجدارِ حرم (1990)", ["Live: ", "ur:تاجدارِ حرم", " (1990)"]],
  ["Sara سارہ", ["Sara ", "ur:سارہ"]],
  ["غلام مصطفیٰ", ["ur:غلام مصطفیٰ"]],
  ["موسیٰ (live)", ["ur:موسیٰ", " (live)"]],
  ["AC/DC کا گانا, 12 بجے", ["AC/DC ", "ur:کا گانا, 12 بجے"]],
  ["", []],
])("each run of a text has its own language: %s", (text, runs) => {
  expect(runsOf(text).map((run) => (run.lang ? `${run.lang}:${run.text}` : run.text))).toEqual(runs);
});

test("times are formatted for people", () => {
  expect([0, 61_000, 3_600_000, -5].map(clockText)).toEqual(["0:00", "1:01", "1:00:00", "0:00"]);
});
