import { expect, test } from "vitest";
import { REPORT_DELAY_MS, StateLog } from "../src/sdk/state-log.ts";
import { apply, fromSnapshot, type StationState } from "../src/sdk/state.ts";
import { message, play, snapshot, track } from "./fixtures.ts";

const T = 1_000_000;

/** A state whose audio was on the mount at a time, and which was reported later; of a track that began at another. */
function playing(title: string, since: number, began = since): StationState {
  const started_at = began + REPORT_DELAY_MS;
  const metadata = { play_id: title, kind: "autodj", track: track(title), started_at } as const;
  return fromSnapshot(snapshot({ metadata, server_time: since + REPORT_DELAY_MS }));
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

test("where the server knows at which frame a track begins, it begins there", () => {
  const position = { mount: "/awaz.mp3", stream_epoch: "e", frame: 1, at: T + 800 };
  const one = fromSnapshot(snapshot({ metadata: { play_id: "1", kind: "live", track: track("One"), started_at: T } }));
  const two = { play_id: "2", kind: "live", track: track("Two"), started_at: T + 1_000, position };
  const log = logOf(one, apply(one, message("stream:metadata", one.seq + 1, two, T + 1_000)));
  expect([titleAt(log, T + 799), titleAt(log, T + 800), log.nextChange(T)]).toEqual(["One", "Two", T + 800]);
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
