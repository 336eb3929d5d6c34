import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { Playback } from "../../src/features/player/playback.ts";
import "../../src/features/player/player.ts";
import type { Player } from "../../src/features/player/player.ts";
import { RemoteDevice } from "../../src/features/player/remote.ts";
import { NEVER_SYNCED, syncedBy, type OpenSynced } from "../../src/features/player/synced.ts";
import type { SyncedStream, SyncState } from "../../src/sdk/audio/synced-stream.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { station } from "./playables.ts";

const mountPlayer = (playback: Playback) => mount<Player>("awaz-player", { station, playback });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

const aPromise = <Value>() => {
  let resolve: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((settle) => (resolve = settle));
  return { promise, resolve };
};

const playingIn = (sync: SyncState, syncErrorMs?: number) => {
  const playback = new Playback();
  vi.spyOn(playback, "isActive").mockReturnValue(true);
  vi.spyOn(playback, "sync", "get").mockReturnValue(sync);
  vi.spyOn(playback, "syncErrorMs", "get").mockReturnValue(syncErrorMs);
  return playback;
};

test("the player says how exactly it plays what everybody hears", async () => {
  await mountPlayer(playingIn("synced", 12));
  await page.getByText("In sync ±12 ms").click();
  await expect.element(page.getByText("Everyone who is in sync hears this at the same moment.")).toBeVisible();
  await expectAccessible();
});

test("an ordinary player is said to be near, and no more", async () => {
  await mountPlayer(playingIn("approximate"));
  await page.getByText("Approximate").click();
  await expect.element(page.getByText(/a little earlier or later/)).toBeVisible();
  await expect.element(byId("output-delay")).not.toBeInTheDocument();
});

test("a device nearby is given the stream's address, and the page is in sync again when it is given back", async () => {
  vi.spyOn(RemoteDevice.prototype, "isAvailable", "get").mockReturnValue(true);
  const [opened, closed] = [vi.fn(), vi.fn()];
  const synced = { state: "synced", lagMs: 3000, errorMs: 3, close: closed } as unknown as SyncedStream;
  const playback = new Playback(() => () => {
    opened();
    return synced;
  });
  const played = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const choosing = vi.spyOn(playback.remote, "choose").mockResolvedValue(undefined);
  await mountPlayer(playback);
  playback.play(station);
  expect([opened.mock.calls.length, played.mock.calls.length]).toEqual([1, 0]);
  await byId("remote").click();
  await expect.poll(() => opened.mock.calls.length).toBe(2);
  expect([choosing.mock.calls.length, played.mock.calls.length, closed.mock.calls.length]).toEqual([1, 1, 1]);
});

test("what cannot be played in sync is played as by any player, and tried anew the next time", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
  const played = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const failures: (() => void)[] = [];
  const close = () => undefined;
  const playback = new Playback(() => (_audio, _stream, handlers) => {
    failures.push(() => handlers.failed());
    return { state: "aligning", lagMs: 0, close } as unknown as SyncedStream;
  });
  playback.play(station);
  expect([playback.audio.muted, played.mock.calls.length]).toEqual([true, 0]);
  failures[0]!();
  expect([playback.audio.muted, played.mock.calls.length]).toEqual([false, 1]);
  playback.audio.dispatchEvent(new Event("playing"));
  expect([playback.state, playback.sync]).toEqual(["playing", "approximate"]);
  playback.audio.dispatchEvent(new Event("ended"));
  await expect.poll(() => failures.length).toBe(2);
});

const syncedOnce = (opened: () => void): Playback =>
  new Playback(() => () => {
    opened();
    return { state: "synced", lagMs: 3000, errorMs: 3, close: () => undefined } as unknown as SyncedStream;
  });

test("a press before the engine has come waits for it, and is heard once", async () => {
  const played = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const engine = aPromise<OpenSynced>();
  const playback = new Playback(() => engine.promise);
  playback.play(station);
  playback.retryNow();
  expect([playback.isActive(), playback.state, played.mock.calls.length]).toEqual([true, "connecting", 0]);
  const opened = vi.fn<OpenSynced>(() => ({ state: "synced", close: () => undefined }) as SyncedStream);
  engine.resolve(opened);
  await expect.poll(() => opened.mock.calls.length).toBe(1);
  expect(played.mock.calls.length).toBe(0);
});

test("what is stopped before the engine has come stays stopped", async () => {
  const [engine, opened] = [aPromise<OpenSynced>(), vi.fn<OpenSynced>()];
  const playback = new Playback(() => engine.promise);
  playback.play(station);
  playback.stop();
  engine.resolve(opened);
  await engine.promise;
  expect([playback.state, opened.mock.calls.length]).toEqual(["stopped", 0]);
});

test.each([
  ["hangs", () => new Promise<never>(() => undefined)],
  ["is refused", () => Promise.reject(new TypeError("not fetched"))],
])("a press is heard as by any player where the engine %s", async (_how, loading) => {
  const played = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  new Playback(syncedBy(vi.fn(), loading)).play(station);
  await expect.poll(() => played.mock.calls.length, { timeout: 2_000 }).toBe(1);
});

test("on an iPhone, a hidden page goes on as an ordinary player, so that the sound does not stop", () => {
  vi.stubGlobal("MediaSource", undefined);
  vi.stubGlobal("ManagedMediaSource", class {});
  onTestFinished(() => void vi.unstubAllGlobals());
  const [opened, played] = [vi.fn(), vi.spyOn(HTMLMediaElement.prototype, "src", "set")];
  played.mockImplementation(() => undefined);
  const playback = syncedOnce(opened);
  playback.play(station);
  const isPlain = () => played.mock.contexts.includes(playback.audio);
  expect([opened.mock.calls.length, isPlain()]).toEqual([1, false]);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  document.dispatchEvent(new Event("visibilitychange"));
  expect([opened.mock.calls.length, isPlain()]).toEqual([1, true]);
});

test("elsewhere a hidden page stays in sync", () => {
  const [opened, played] = [vi.fn(), vi.spyOn(HTMLMediaElement.prototype, "src", "set")];
  played.mockImplementation(() => undefined);
  syncedOnce(opened).play(station);
  vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  document.dispatchEvent(new Event("visibilitychange"));
  expect([opened.mock.calls.length, played.mock.calls.length]).toEqual([1, 0]);
});

test("with data saving on, it plays like an ordinary player", () => {
  vi.stubGlobal("navigator", { connection: { saveData: true } });
  onTestFinished(() => void vi.unstubAllGlobals());
  expect(syncedBy(vi.fn())("awaz")).toBe(NEVER_SYNCED);
});

test.each(["an error of the decoder", "nothing for fifteen seconds"])(
  "after %s, what does not start in sync is played as by any player",
  (fault) => {
    vi.useFakeTimers();
    const [opened, played] = [vi.fn(), vi.spyOn(HTMLMediaElement.prototype, "src", "set")];
    played.mockImplementation(() => undefined);
    vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
    const playback = syncedOnce(opened);
    playback.play(station);
    const faults: Record<string, () => void> = {
      "an error of the decoder": () => playback.audio.dispatchEvent(new Event("error")),
      "nothing for fifteen seconds": () => void vi.advanceTimersByTime(15_000),
    };
    faults[fault]!();
    expect([opened.mock.calls.length, played.mock.contexts.includes(playback.audio)]).toEqual([1, true]);
  },
);

test("how late a loudspeaker is, is kept", async () => {
  await mountPlayer(playingIn("synced", 3));
  await page.getByText("In sync ±3 ms").click();
  await byId("output-delay").fill("180");
  await userEvent.tab();
  expect(new Playback().delay.ms).toBe(180);
});
