import { expect, test } from "vitest";
import { StateLog } from "../src/sdk/state-log.ts";
import { fromSnapshot, type StationState } from "../src/sdk/state.ts";
import { play, snapshot, track } from "./fixtures.ts";

const T = 1_000_000;

function playing(title: string, since: number, started_at = since): StationState {
  const metadata = { play_id: title, kind: "autodj", track: track(title), started_at } as const;
  return fromSnapshot(snapshot({ metadata, server_time: since }));
}

function logOf(...states: StationState[]): StateLog {
  const log = new StateLog();
  states.forEach((state) => log.add(state));
  return log;
}

const titleAt = (log: StateLog, time: number) => log.at(time)?.metadata?.track.title;

test("a time is in the state that began before it", () => {
  const log = logOf(playing("One", T), playing("Two", T + 1000));
  expect([T - 5000, T, T + 999, T + 1000, T + 5000].map((time) => titleAt(log, time))).toEqual([
    "One",
    "One",
    "One",
    "Two",
    "Two",
  ]);
  expect([log.nextChange(T), log.nextChange(T + 1000)]).toEqual([T + 1000, undefined]);
});

test("what is older than a minute is forgotten, but for what was on when it began", () => {
  const log = logOf(playing("One", T), playing("Two", T + 1000), playing("Three", T + 90_000));
  expect(titleAt(log, T)).toBe("Two");
});

test("a snapshot after a gap is as old as its track, and not as the snapshot", () => {
  const log = logOf(playing("One", T), playing("Two", T + 30_000, T + 10_000));
  expect([titleAt(log, T + 9_999), titleAt(log, T + 10_000)]).toEqual(["One", "Two"]);
});

test("two servers' clocks may differ a little", () => {
  const log = logOf(playing("One", T), playing("Two", T - 2000, T - 2000));
  expect(titleAt(log, T)).toBe("Two");
});

test("after the server's clock was set back, what was before does not count", () => {
  const log = logOf(playing("One", T), playing("Two", T - 600_000));
  expect([titleAt(log, T - 600_000), log.nextChange(T - 600_000)]).toEqual(["Two", undefined]);
});

test("a track from before the station was off air is not what is heard now", () => {
  const metadata = { play_id: "New", kind: "autodj", track: track("New"), started_at: T } as const;
  const history = [{ ...play("Old", T - 4_000_000), ended_at: T - 3_600_000 }];
  const log = logOf(fromSnapshot(snapshot({ metadata, history, server_time: T })));
  expect(titleAt(log, T - 4000)).toBe("New");
});
