import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Heard } from "../src/features/player/heard.ts";
import { apply, fromSnapshot, type StationState } from "../src/sdk/state.ts";
import { message, play, snapshot, track } from "./fixtures.ts";

/** The lag of the sound, and by how much the page holds back what is told later than it is sent. */
const SOUND_LAG_MS = 4600;
const LAG_MS = 4250;
const NOW = 100_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

const onAir = (title: string, started_at: number): StationState =>
  fromSnapshot(snapshot({ metadata: { kind: "autodj", track: track(title), started_at }, server_time: NOW - 60_000 }));

function listening(lagMs: number | undefined, onChange = () => undefined): Heard {
  return new Heard({ isActive: (slug) => slug === "awaz", lagMs }, { now: () => Date.now() }, onChange);
}

function update(heard: Heard, state: StationState): void {
  heard.update(new Map([[state.slug, state]]));
}

const titleOf = (state: StationState) => state.metadata?.track.title;

test("a title is shown when its sound is heard, and the page is told then", () => {
  const onChange = vi.fn();
  const heard = listening(SOUND_LAG_MS, onChange);
  const before = onAir("One", NOW - 60_000);
  update(heard, before);
  const after = apply(
    before,
    message("stream:metadata", 8, { kind: "autodj", track: track("Two"), started_at: NOW }, NOW),
  );
  update(heard, after);
  expect(titleOf(heard.stateOf(after))).toBe("One");
  vi.advanceTimersByTime(LAG_MS - 1);
  expect([titleOf(heard.stateOf(after)), onChange.mock.calls.length]).toEqual(["One", 0]);
  vi.advanceTimersByTime(1);
  expect([titleOf(heard.stateOf(after)), onChange.mock.calls.length]).toEqual(["Two", 1]);
});

test("without sound, the newest state is shown", () => {
  const heard = listening(undefined);
  const state = onAir("One", NOW);
  update(heard, state);
  expect(heard.stateOf(state)).toBe(state);
  expect(heard.timeOf("awaz")).toBe(NOW);
});

test("another station than the one that plays is not held back", () => {
  const heard = listening(SOUND_LAG_MS);
  const jazz = { ...onAir("One", NOW), slug: "jazz" };
  update(heard, jazz);
  expect(heard.stateOf(jazz)).toBe(jazz);
});

test("counts are never held back", () => {
  const heard = listening(SOUND_LAG_MS);
  const before = onAir("One", NOW - 60_000);
  update(heard, before);
  const counted = apply(
    before,
    message("stream:listeners", 7, { listeners: 9, peak: 9, sockets: 1, stale: false }, NOW),
  );
  update(heard, counted);
  expect(heard.stateOf(counted).listeners.count).toBe(9);
});

test("a broadcast is live when the host is heard, and not while their encoder connects", () => {
  const heard = listening(SOUND_LAG_MS);
  const autodj = onAir("Song", NOW - 60_000);
  update(heard, autodj);
  const live = apply(
    autodj,
    message("stream:started", 8, { kind: "live", broadcast_id: "b", stream_url: "", urls: {}, host: "Sara" }, NOW),
  );
  update(heard, live);
  vi.advanceTimersByTime(LAG_MS + 100);
  expect(heard.stateOf(live).onAir).toBe("autodj");
  const talking = apply(
    live,
    message("stream:metadata", 9, { kind: "live", host: "Sara", track: track("Awaz"), started_at: NOW }, Date.now()),
  );
  update(heard, talking);
  vi.advanceTimersByTime(LAG_MS);
  expect([heard.stateOf(talking).onAir, heard.stateOf(talking).metadata?.host]).toEqual(["live", "Sara"]);
});

test("a track that has just begun when the page is opened is preceded by the one before", () => {
  const heard = listening(SOUND_LAG_MS);
  const state = fromSnapshot(
    snapshot({
      metadata: { kind: "autodj", track: track("New"), started_at: NOW - 1000 },
      history: [{ ...play("Old", NOW - 200_000), ended_at: NOW - 1000 }],
      server_time: NOW,
    }),
  );
  update(heard, state);
  expect([titleOf(heard.stateOf(state)), heard.stateOf(state).history]).toEqual(["Old", []]);
  vi.advanceTimersByTime(LAG_MS - 1000);
  expect(titleOf(heard.stateOf(state))).toBe("New");
});

test("a station that is not followed any more is forgotten", () => {
  const heard = listening(SOUND_LAG_MS);
  update(heard, onAir("Old", NOW - 60_000));
  heard.update(new Map());
  const state = onAir("New", NOW);
  update(heard, state);
  expect(titleOf(heard.stateOf(state))).toBe("New");
});
