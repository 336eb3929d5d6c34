import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SyncedStream, type SyncState, type TimeSource } from "../src/sdk/audio/synced-stream.ts";
import { MAX_RATE_CHANGE } from "../src/sdk/audio/steering.ts";
import type { Anchors } from "../src/wire/schema.ts";
import { BURST_MS, FRAME_S, SimulatedAudio, SimulatedMount, TARGET_S } from "./simulated.ts";

vi.mock("../src/sdk/audio/media-feed.ts", () => ({
  canFeed: () => true,
  MediaFeed: class {
    buffered: [number, number] | undefined;
    append(frames: readonly Uint8Array[], first: number) {
      this.buffered = [this.buffered?.[0] ?? first * FRAME_S, (first + frames.length) * FRAME_S];
    }
    close() {}
  },
}));

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

let mount: SimulatedMount;
let audio: SimulatedAudio;
let stream: SyncedStream;
let states: SyncState[];
let failed: number;
/** The server's answer to a request for anchors; the truth by default. */
let answer: () => Promise<Anchors>;

const time: TimeSource = {
  now: () => Date.now(),
  uncertaintyMs: 2,
  refine: () => undefined,
  anchors: () => answer(),
};

const open = (drift = 0) => {
  audio = new SimulatedAudio(drift);
  const changed = () => {
    if (stream.state !== states.at(-1)) states.push(stream.state);
    audio.muted = stream.state === "aligning";
  };
  const url = "http://radio.example/awaz.mp3";
  stream = new SyncedStream(audio as never, { format: "mp3", url, burst_ms: BURST_MS }, time, {
    changed,
    failed: () => (failed += 1),
  });
};

/** How far what is heard is from what is due, in seconds: with the truth, and not by what the player knows. */
let firstNumber: number;
const error = () => {
  const due = Date.now() / 1000 - TARGET_S - mount.t0 - firstNumber * FRAME_S;
  return audio.currentTime - due;
};
const audibleSeeks = () => audio.seeks.filter(({ muted }) => !muted);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  mount = new SimulatedMount();
  vi.stubGlobal("fetch", mount.open);
  firstNumber = mount.next - Math.round(BURST_MS / 1000 / FRAME_S);
  states = [];
  failed = 0;
  answer = () => Promise.resolve(mount.anchors());
});

afterEach(() => {
  stream.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it is heard within two seconds, with everybody, after three jumps at most that nobody hears", async () => {
  open();
  await vi.advanceTimersByTimeAsync(2 * SECOND);
  expect(stream.state).toBe("synced");
  expect(Math.abs(error())).toBeLessThan(0.02);
  expect(audio.seeks.length).toBeLessThanOrEqual(3);
  expect(audibleSeeks()).toEqual([]);
});

test.each([100e-6, -100e-6])(
  "for hours it stays there, also with a sound card that is off by %f",
  async (drift) => {
    open(drift);
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    let worst = 0;
    for (let passed = 0; passed < 2 * HOUR; passed += 30 * SECOND) {
      await vi.advanceTimersByTimeAsync(30 * SECOND);
      worst = Math.max(worst, Math.abs(error()));
    }
    expect(worst).toBeLessThan(0.015);
    expect(audibleSeeks()).toEqual([]);
    expect(Math.max(...audio.rates.map((rate) => Math.abs(rate - 1)))).toBeLessThanOrEqual(MAX_RATE_CHANGE);
  },
  60_000,
);

/** Play for some seconds, and return how far it was off at most from the first of them on. */
const worstFor = async (seconds: number) => {
  let worst = 0;
  for (let passed = 0; passed < seconds; passed += 1) {
    await vi.advanceTimersByTimeAsync(SECOND);
    worst = Math.max(worst, Math.abs(error()));
  }
  return worst;
};

/** Timers run when they can: each later by up to so many milliseconds. */
const delayTimers = (most: number) => {
  const { setTimeout: exact } = globalThis;
  let count = 0;
  const late = (run: () => void, after = 0) => exact(run, after + (most * ((count += 37) % 100)) / 100);
  vi.stubGlobal("setTimeout", late);
};

describe("once it is in sync", () => {
  beforeEach(async () => {
    open();
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    expect(states).toEqual(["synced"]);
    audio.seeks.length = 0;
  });

  test("it is back within five seconds after the sound has stopped, by one jump", async () => {
    audio.stall(1_500);
    expect(states).toEqual(["synced", "approximate"]);
    await vi.advanceTimersByTimeAsync(1_500 + 5 * SECOND);
    expect(states).toEqual(["synced", "approximate", "synced"]);
    expect(Math.abs(error())).toBeLessThan(0.02);
    expect(audio.seeks).toHaveLength(1);
    expect(await worstFor(30)).toBeLessThan(0.02);
    expect(audio.seeks).toHaveLength(1);
  });

  test("a device that sleeps again and again, and does not say so, is in sync again each time, by one jump", async () => {
    for (let count = 1; count <= 5; count += 1) {
      audio.sleep(2_000);
      await vi.advanceTimersByTimeAsync(2_000 + 5 * SECOND);
      expect(stream.state).toBe("synced");
      expect(audio.seeks).toHaveLength(count);
    }
  });

  test("it makes up for a little by playing faster, and jumps nowhere", async () => {
    audio.stall(200);
    await vi.advanceTimersByTimeAsync(15 * SECOND);
    expect(Math.abs(error())).toBeLessThan(0.01);
    expect(audio.seeks).toEqual([]);
    expect(Math.max(...audio.rates)).toBeLessThanOrEqual(1 + MAX_RATE_CHANGE);
  });

  test("it plays on without the server, and says after a while that it is not sure any more", async () => {
    answer = () => Promise.reject(new Error("the server is away"));
    expect(await worstFor(20)).toBeLessThan(0.01);
    expect(states).toEqual(["synced"]);
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(states).toEqual(["synced", "approximate"]);
    answer = () => Promise.resolve(mount.anchors());
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(states).toEqual(["synced", "approximate", "synced"]);
    expect(audio.seeks).toEqual([]);
  });

  test("it plays on while a server that hangs answers nothing", async () => {
    answer = () => new Promise(() => undefined);
    expect(await worstFor(120)).toBeLessThan(0.03);
    expect(stream.state).toBe("approximate");
    expect(audio.playbackRate).toBe(1);
    expect(audio.seeks).toEqual([]);
  });

  test.each([
    ["old ones", { server_time: 1_800_000_000 - 3_600 }],
    ["a time that is off by three seconds", { t0: 1_800_000_000 - 1_003 }],
    ["a mount that has gone on elsewhere", { n0: 12 }],
    ["checksums of other frames", { crc: Array<number>(380).fill(7) }],
    ["a target of half a minute", { target_s: 29 }],
  ])("one answer with %s moves nothing", async (_, changes) => {
    let count = 0;
    answer = () => Promise.resolve(mount.anchors((count += 1) === 2 ? changes : {}));
    expect(await worstFor(60)).toBeLessThan(0.01);
    expect(count).toBeGreaterThan(3);
    expect([audio.seeks, states]).toEqual([[], ["synced"]]);
  });

  test("what the server says again is believed", async () => {
    answer = () => Promise.resolve(mount.anchors({ t0: mount.t0 - 1 }));
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    expect(error()).toBeCloseTo(1, 1);
    expect(audio.seeks).toHaveLength(1);
  });

  test("a new epoch of the same stream is followed without a jump", async () => {
    mount.renumber(40);
    firstNumber -= 40;
    expect(await worstFor(60)).toBeLessThan(0.01);
    expect([audio.seeks, stream.state]).toEqual([[], "synced"]);
  });

  test("a hidden page, whose timers run once a second, stays where it is", async () => {
    delayTimers(1_000);
    expect(await worstFor(300)).toBeLessThan(0.015);
    expect([audio.seeks, states]).toEqual([[], ["synced"]]);
  });

  test("on a busy machine, where the sound stops again and again, it jumps no more than once each time", async () => {
    delayTimers(2_000);
    for (let count = 1; count <= 10; count += 1) {
      audio.stall(700);
      await vi.advanceTimersByTimeAsync(20 * SECOND);
      expect(audio.seeks.length).toBeLessThanOrEqual(count);
    }
    expect(Math.max(...audio.rates.map((rate) => Math.abs(rate - 1)))).toBeLessThanOrEqual(MAX_RATE_CHANGE);
  });

  test("the end of the stream is told once", async () => {
    mount.cut();
    await vi.advanceTimersByTimeAsync(5 * SECOND);
    expect(failed).toBe(1);
  });
});

test("silence, in which all frames are alike, is heard in time, and nothing is claimed of it", async () => {
  mount.isSilent = true;
  open();
  await vi.advanceTimersByTimeAsync(2 * SECOND);
  expect(stream.state).toBe("approximate");
  // By how old the burst is.
  expect(Math.abs(error())).toBeLessThan(0.3);
});

test("a stream that has just begun, of which nothing is kept yet, is heard at once and a little later with everybody", async () => {
  mount.keptMs = 300;
  firstNumber = mount.next - Math.round(0.3 / FRAME_S);
  answer = () => Promise.reject(new Error("the mount has not been heard for long enough"));
  open();
  await vi.advanceTimersByTimeAsync(4 * SECOND);
  expect(stream.state).toBe("approximate");
  answer = () => Promise.resolve(mount.anchors());
  await vi.advanceTimersByTimeAsync(8 * SECOND);
  expect(stream.state).toBe("synced");
  expect(audibleSeeks()).toHaveLength(1);
});

test("without the server it is heard as soon, and in sync when the server is back", async () => {
  answer = () => Promise.reject(new Error("the server is away"));
  open();
  await vi.advanceTimersByTimeAsync(2 * SECOND);
  expect(states).toEqual(["approximate"]);
  answer = () => Promise.resolve(mount.anchors());
  await vi.advanceTimersByTimeAsync(20 * SECOND);
  expect(stream.state).toBe("synced");
  expect(audibleSeeks().length).toBeLessThanOrEqual(1);
});
