import { describe, expect, test } from "vitest";
import { apply, classify, fromSnapshot, isReconnecting, type StationState } from "../src/sdk/state.ts";
import { play, snapshot, message, track } from "./fixtures.ts";

function receive(state: StationState, event: string, data: object): StationState {
  const sequenced = ["stream:started", "stream:stopped", "stream:metadata"].includes(event);
  return apply(state, message(event, state.seq + (sequenced ? 1 : 0), data));
}

test("a new name is taken over, also where it stands in for a title", () => {
  const unnamed = {
    play_id: "Awaz",
    kind: "live",
    host: "Sara",
    track: track("Awaz", "Sara"),
    stand_in: true,
    started_at: 0,
  } as const;
  const before = fromSnapshot(snapshot({ on_air: "live", metadata: unnamed }));
  const after = apply(before, message("station:changed", 8, { station_name: "آواز", description: "New", streams: [] }));
  expect([after.station.name, after.station.description, after.metadata?.track.title]).toEqual(["آواز", "New", "آواز"]);
  const next = apply(
    after,
    message("stream:metadata", 9, { play_id: "Song", kind: "live", track: track("Song"), started_at: 1 }),
  );
  expect(next.history).toEqual([]);
});

describe("classify", () => {
  const state = fromSnapshot(snapshot({ seq: 7 }));

  test.each([
    ["stream:metadata", 8, "apply"],
    ["stream:metadata", 7, "drop"],
    ["stream:metadata", 9, "gap"],
    ["stream:listeners", 7, "apply"],
    ["stream:listeners", 6, "drop"],
    ["stream:listeners", 8, "gap"],
    ["chat:message", 8, "apply"],
    ["chat:message", 7, "drop"],
    ["something:new", 9, "gap"],
  ])("%s with number %i after 7 returns %s", (event, seq, expected) => {
    expect(classify(state, message(event, seq, {}))).toBe(expected);
  });

  test("a different epoch is always a gap", () => {
    expect(
      classify(state, { event: "stream:metadata", data: { station: "awaz", epoch: "other", seq: 8, at: 0 } }),
    ).toBe("gap");
  });
});

describe("a snapshot", () => {
  test("lists plays newest first and without the current track", () => {
    const state = fromSnapshot(
      snapshot({
        metadata: { play_id: "Now", kind: "autodj", track: track("Now", "A"), started_at: 900 },
        history: [play("Old", 100), play("Newer", 500), { ...play("Now", 900), artist: "A" }],
      }),
    );
    expect(state.history.map((entry) => entry.title)).toEqual(["Newer", "Old"]);
  });

  test("keeps an earlier play of the current track", () => {
    const state = fromSnapshot(
      snapshot({
        metadata: { play_id: "Now", kind: "autodj", track: track("Now", "A"), started_at: 900 },
        history: [{ ...play("Now", 100), artist: "A", ended_at: 300 }],
      }),
    );
    expect(state.history).toHaveLength(1);
  });

  test("marks a stale listener count and keeps the time of the last accurate one", () => {
    const fresh = fromSnapshot(snapshot({ server_time: 1000 }));
    const stale = fromSnapshot(
      snapshot({ server_time: 2000, listeners: { listeners: 3, peak: 3, sockets: 1, stale: true } }),
      fresh,
    );
    expect(stale.listeners).toMatchObject({ stale: true, asOf: 1000 });
  });

  test("has no metadata while the station is off air", () => {
    expect(
      fromSnapshot(
        snapshot({ on_air: "offair", metadata: { play_id: "X", kind: "autodj", track: track("X"), started_at: 1 } }),
      ).metadata,
    ).toBeUndefined();
  });
});

describe("events", () => {
  const playing = fromSnapshot(
    snapshot({ metadata: { play_id: "One", kind: "autodj", track: track("One", "A"), started_at: 100 } }),
  );

  test("a new track moves the previous one to the history", () => {
    const next = receive(playing, "stream:metadata", { play_id: "Two", track: track("Two", "B"), started_at: 300 });
    expect(next.seq).toBe(playing.seq + 1);
    expect(next.metadata?.track.title).toBe("Two");
    expect(next.history[0]).toMatchObject({ title: "One", artist: "A", started_at: 100, ended_at: 300 });
  });

  test("a new host does not start a new play", () => {
    const next = receive(playing, "stream:metadata", {
      play_id: "One",
      host: "Sara",
      track: track("One", "A"),
      started_at: 100,
    });
    expect(next.metadata?.host).toBe("Sara");
    expect(next.history).toHaveLength(0);
  });

  test("a repeated track is a new play", () => {
    const next = receive(playing, "stream:metadata", { play_id: "again", track: track("One", "A"), started_at: 400 });
    expect(next.history.map((entry) => entry.title)).toEqual(["One"]);
  });

  const started = {
    kind: "live",
    stream_url: "http://h/awaz.mp3",
    urls: {},
    streams: [],
    host: "Sara",
    broadcast_id: "b2",
  };

  test("AutoDJ continues after a live broadcast", () => {
    const live = receive(playing, "stream:started", started);
    expect(live).toMatchObject({ onAir: "live", broadcast: { id: "b2", host: "Sara", reconnecting: false } });
    expect(live.station.stream_url).toBe("http://h/awaz.mp3");
    const ended = receive(live, "stream:stopped", { broadcast_id: "b2", reason: "encoder_gone", then: "autodj" });
    expect(ended).toMatchObject({ onAir: "autodj", broadcast: undefined });
    expect(ended.metadata?.track.title).toBe("One");
  });

  test("the host of an ended broadcast is removed", () => {
    let state = receive(playing, "stream:started", started);
    state = receive(state, "stream:metadata", { host: "Sara", show: "S", track: track("Two"), started_at: 300 });
    state = receive(state, "stream:stopped", { broadcast_id: "b2", reason: "taken_off_air", then: "autodj" });
    expect(state.metadata?.host).toBeUndefined();
    expect(state.metadata?.show).toBeUndefined();
  });

  test("a title that stands in for none is no play", () => {
    let state = receive(playing, "stream:started", started);
    state = receive(state, "stream:metadata", {
      show: "Morning",
      host: "Sara",
      track: track("Morning", "Sara"),
      stand_in: true,
      started_at: 300,
    });
    state = receive(state, "stream:metadata", { show: "Morning", host: "Sara", track: track("Two"), started_at: 400 });
    expect(state.history.map((entry) => entry.title)).toEqual(["One"]);
  });

  test("a title that stood in for the host's show becomes the station's name when the host leaves", () => {
    let state = receive(playing, "stream:started", started);
    state = receive(state, "stream:metadata", {
      show: "Morning",
      host: "Sara",
      track: track("Morning", "Sara"),
      stand_in: true,
      started_at: 300,
    });
    state = receive(state, "stream:stopped", { broadcast_id: "b2", reason: "taken_off_air", then: "autodj" });
    expect(state.metadata?.track).toMatchObject({ title: "Awaz", artist: "" });
    state = receive(state, "stream:metadata", { track: track("Two"), started_at: 400 });
    expect(state.history.map((entry) => entry.title)).toEqual(["One"]);
  });

  test("the last track moves to the history when the station goes off air", () => {
    const state = receive(playing, "stream:stopped", { broadcast_id: "b1", reason: "pipeline_gone", then: "offair" });
    expect(state.metadata).toBeUndefined();
    expect(state.history[0]?.title).toBe("One");
  });

  test("a disconnected encoder is marked until it reconnects", () => {
    let state = receive(playing, "stream:started", started);
    state = receive(state, "stream:quality", {
      state: "degraded",
      bitrate_kbps: 128,
      reasons: ["encoder_reconnecting"],
    });
    expect(isReconnecting(state)).toBe(true);
    state = receive(state, "stream:quality", { state: "good", bitrate_kbps: 128, reasons: [] });
    expect(isReconnecting(state)).toBe(false);
  });

  test("a stale count is marked and keeps its time", () => {
    const fresh = apply(
      playing,
      message("stream:listeners", playing.seq, { listeners: 5, peak: 9, sockets: 1, stale: false }, 5000),
    );
    const stale = apply(
      fresh,
      message("stream:listeners", playing.seq, { listeners: 5, peak: 9, sockets: 1, stale: true }, 9000),
    );
    expect(fresh.listeners).toEqual({ count: 5, peak: 9, stale: false, asOf: 5000 });
    expect(stale.listeners).toEqual({ count: 5, peak: 9, stale: true, asOf: 5000 });
  });

  test("an unsupported event advances the sequence number only", () => {
    const next = apply(playing, message("chat:message", playing.seq + 1, { text: "hello" }));
    expect(next).toEqual({ ...playing, seq: playing.seq + 1 });
  });

  test("what a station's people have changed is told by its time", () => {
    let state = fromSnapshot(snapshot());
    expect(state.changedAt).toEqual({ queue: 0, tracks: 0, playlists: 0 });
    state = apply(state, message("library:changed", state.seq, { what: "tracks" }, 5));
    state = apply(state, message("library:changed", state.seq, { what: "playlists" }, 6));
    state = apply(state, message("stream:queue", state.seq, { version: 2, applied: true }, 7));
    expect(state.changedAt).toEqual({ queue: 7, tracks: 5, playlists: 6 });
  });

  test("the latest incidents are kept, newest first", () => {
    let state = playing;
    for (let n = 0; n < 8; n += 1)
      state = receive(state, "stream:incident", { kind: "mount_busy", message: `no. ${n}` });
    expect(state.incidents).toHaveLength(5);
    expect(state.incidents[0]?.message).toBe("no. 7");
    expect(receive(state, "stream:started", started).incidents).toEqual([]);
  });
});
