import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { HeardStation } from "../src/features/player/heard.ts";
import { apply, fromSnapshot, type StationState } from "../src/sdk/state.ts";
import { message, play, snapshot, track } from "./fixtures.ts";

/** The lag of the sound, and by how much the page holds back what is told later than it is sent. */
const SOUND_LAG_MS = 4600;
const LAG_MS = 4250;
const NOW = 100_000;

beforeEach(() => void vi.useFakeTimers({ now: NOW }));
afterEach(() => void vi.useRealTimers());

const onAir = (title: string, started_at: number): StationState =>
  fromSnapshot(
    snapshot({
      metadata: { play_id: title, kind: "autodj", track: track(title), started_at },
      server_time: NOW - 60_000,
    }),
  );

/** A station whose state is set by the test. */
class FakeStation {
  readonly slug = "awaz";
  readonly problem = undefined;
  state: StationState | undefined;
  readonly now = () => Date.now();
  #listener = () => undefined as void;

  constructor(state: StationState) {
    this.state = state;
  }

  subscribe(listener: () => void): () => void {
    this.#listener = listener;
    return () => undefined;
  }

  set(state: StationState): void {
    this.state = state;
    this.#listener();
  }
}

const playback = (lagMs: number | undefined) => ({
  isActive: (slug?: string) => slug === "awaz",
  lagMs,
  subscribe: () => () => undefined,
});

function listening(station: FakeStation, lagMs: number | undefined, onChange = () => undefined as void): HeardStation {
  const heard = new HeardStation(station, playback(lagMs));
  heard.subscribe(onChange);
  return heard;
}

const titleOf = ({ state }: HeardStation) => state?.metadata?.track.title;

test("a title is shown when its sound is heard, and the page is told then", () => {
  const onChange = vi.fn();
  const before = onAir("One", NOW - 60_000);
  const station = new FakeStation(before);
  const heard = listening(station, SOUND_LAG_MS, onChange);
  station.set(
    apply(
      before,
      message("stream:metadata", 8, { play_id: "Two", kind: "autodj", track: track("Two"), started_at: NOW }, NOW),
    ),
  );
  expect([titleOf(heard), onChange.mock.calls.length]).toEqual(["One", 1]);
  vi.advanceTimersByTime(LAG_MS - 1);
  expect([titleOf(heard), onChange.mock.calls.length]).toEqual(["One", 1]);
  vi.advanceTimersByTime(1);
  expect([titleOf(heard), onChange.mock.calls.length]).toEqual(["Two", 2]);
});

test("without sound, the newest state is shown", () => {
  const state = onAir("One", NOW);
  const heard = listening(new FakeStation(state), undefined);
  expect(heard.state).toBe(state);
  expect(heard.now()).toBe(NOW);
});

test("another station than the one that plays is not held back", () => {
  const jazz = { ...onAir("One", NOW), slug: "jazz" };
  const station = Object.assign(new FakeStation(jazz), { slug: "jazz" });
  expect(listening(station, SOUND_LAG_MS).state).toBe(jazz);
});

test("counts are never held back", () => {
  const before = onAir("One", NOW - 60_000);
  const station = new FakeStation(before);
  const heard = listening(station, SOUND_LAG_MS);
  station.set(apply(before, message("stream:listeners", 7, { listeners: 9, peak: 9, sockets: 1, stale: false }, NOW)));
  expect(heard.state?.listeners.count).toBe(9);
});

test("a broadcast is live when the host is heard, and not while their encoder connects", () => {
  const autodj = onAir("Song", NOW - 60_000);
  const station = new FakeStation(autodj);
  const heard = listening(station, SOUND_LAG_MS);
  const live = apply(
    autodj,
    message("stream:started", 8, { kind: "live", broadcast_id: "b", stream_url: "", urls: {}, host: "Sara" }, NOW),
  );
  station.set(live);
  vi.advanceTimersByTime(LAG_MS + 100);
  expect([heard.state?.onAir, heard.newest?.onAir]).toEqual(["autodj", "live"]);
  station.set(
    apply(
      live,
      message(
        "stream:metadata",
        9,
        { play_id: "Awaz", kind: "live", host: "Sara", track: track("Awaz"), started_at: NOW },
        Date.now(),
      ),
    ),
  );
  vi.advanceTimersByTime(LAG_MS);
  expect([heard.state?.onAir, heard.state?.metadata?.host]).toEqual(["live", "Sara"]);
});

test("a track that has just begun when the page is opened is preceded by the one before", () => {
  const state = fromSnapshot(
    snapshot({
      metadata: { play_id: "New", kind: "autodj", track: track("New"), started_at: NOW - 1000 },
      history: [{ ...play("Old", NOW - 200_000), ended_at: NOW - 1000 }],
      server_time: NOW,
    }),
  );
  const heard = listening(new FakeStation(state), SOUND_LAG_MS);
  expect([titleOf(heard), heard.state?.history]).toEqual(["Old", []]);
  vi.advanceTimersByTime(LAG_MS - 1000);
  expect(titleOf(heard)).toBe("New");
});

test("what nobody listened to is forgotten", () => {
  const station = new FakeStation(onAir("Old", NOW - 60_000));
  const heard = new HeardStation(station, playback(SOUND_LAG_MS));
  heard.subscribe(() => undefined)();
  station.set(onAir("New", NOW));
  heard.subscribe(() => undefined);
  expect(titleOf(heard)).toBe("New");
});
