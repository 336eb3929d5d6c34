import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import { Playback } from "../../src/features/player/playback.ts";
import "../../src/features/player/player.ts";
import "../../src/features/player/player-bar.ts";
import type { PlayerBar } from "../../src/features/player/player-bar.ts";
import type { Player } from "../../src/features/player/player.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { aac, mp3, station } from "./playables.ts";

const mountPlayer = (playback = new Playback(), of = station) =>
  mount<Player>("awaz-player", { station: of, playback });
const toggle = () => page.getByRole("button", { name: /^(Play|Pause) Awaz$/ });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

test("a player waits for the listener", async () => {
  await mountPlayer();
  await expect.element(byId("player")).toHaveAttribute("data-state", "stopped");
  await expect.element(page.getByText("Press play to listen")).toBeVisible();
  await expectAccessible();
});

test("play opens the stream at once, and pause lets go of it", async () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const released = vi.spyOn(HTMLMediaElement.prototype, "load");
  await mountPlayer();
  await toggle().click();
  expect(opened).toHaveBeenCalledWith(expect.stringMatching(/^\/nothing-here\.mp3/));
  await expect.element(page.getByRole("button", { name: "Pause Awaz" })).toBeVisible();
  expect(released).not.toHaveBeenCalled();
  await toggle().click();
  expect(released).toHaveBeenCalledOnce();
});

test("a stream that does not start is tried again, and the listener is told", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await mountPlayer();
  await toggle().click();
  await vi.advanceTimersByTimeAsync(60_000);
  await expect.element(page.getByText("The stream stopped. Trying again…")).toBeVisible();
});

test("AAC is tried first, and MP3 where that does not start", async () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set");
  await mountPlayer(new Playback(), { ...station, streams: [mp3, aac] });
  await toggle().click();
  await expect.poll(() => opened.mock.calls.map(([url]) => url.replace(/\?.*/, ""))).toEqual([aac.url, mp3.url]);
});

test("AAC that begins within a frame is opened again at once, and MP3 if it never begins well", async () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
  const playback = new Playback();
  Object.defineProperty(playback.audio, "error", { value: { code: MediaError.MEDIA_ERR_DECODE } });
  playback.play({ ...station, streams: [mp3, aac] });
  for (let failure = 1; failure <= 3; failure += 1) {
    playback.audio.dispatchEvent(new Event("error"));
    expect(opened).toHaveBeenCalledTimes(1 + failure);
  }
  playback.audio.dispatchEvent(new Event("error"));
  await expect.poll(() => opened.mock.lastCall?.[0]).toMatch(/^\/nothing-here\.mp3/);
  expect(opened.mock.calls.filter(([url]) => url.startsWith(aac.url))).toHaveLength(4);
});

test("a stream that stalls is behind by more, and is not left for another format", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const playback = new Playback();
  const both = { ...station, streams: [mp3, aac] };
  playback.play(both);
  expect(playback.lagMs).toBeUndefined();
  playback.audio.dispatchEvent(new Event("playing"));
  expect(playback.lagMs).toBe(aac.burst_ms);
  playback.audio.dispatchEvent(new Event("waiting"));
  await vi.advanceTimersByTimeAsync(3000);
  expect(playback.lagMs).toBe(aac.burst_ms + 3000);
  await vi.advanceTimersByTimeAsync(6000);
  expect(playback.formatOf(both)).toBe("aac");
});

test("sound that the browser blocks asks for another press", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "play").mockRejectedValue(new DOMException("no gesture", "NotAllowedError"));
  const playback = new Playback();
  await mount<Player>("awaz-player", { station, playback });
  playback.play(station);
  await expect.element(page.getByText("Your browser blocked the sound. Press play again.")).toBeVisible();
  expect(playback.isActive()).toBe(false);
});

test("a connection that stutters is named, unless the station is in trouble", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
  const playback = new Playback();
  const healthy = { ...station, isHealthy: true };
  const player = await mount<Player>("awaz-player", { station: healthy, playback });
  playback.play(healthy);
  for (const event of ["playing", "waiting", "playing", "waiting", "playing"]) {
    playback.audio.dispatchEvent(new Event(event));
  }
  await expect.element(page.getByText("Playing. Your connection is unstable.")).toBeVisible();
  player.station = { ...station, isHealthy: false };
  await expect.element(page.getByText("Playing", { exact: true })).toBeVisible();
  playback.play({ ...healthy, slug: "other" });
  expect(playback.isUnsteady).toBe(false);
});

test("a lost stream is opened again at once when the network is back", () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValueOnce(true).mockReturnValue(false);
  const playback = new Playback();
  playback.play(station);
  playback.audio.dispatchEvent(new Event("ended"));
  playback.retryNow();
  expect(opened).toHaveBeenCalledTimes(2);
  playback.stop();
  playback.retryNow();
  expect(opened).toHaveBeenCalledTimes(2);
});

test("the sound of an off-air mount is not called playing", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const playback = new Playback();
  const offAir = { ...station, onAir: false };
  await mount<Player>("awaz-player", { station: offAir, playback });
  playback.play(offAir);
  playback.audio.dispatchEvent(new Event("playing"));
  await expect.element(page.getByText("Off air. Playback resumes automatically.")).toBeVisible();
});

test("a page in step with its sound stays so while the stream is opened again", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  vi.spyOn(HTMLMediaElement.prototype, "hasAttribute").mockReturnValue(true);
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const playback = new Playback();
  playback.play({ ...station, streams: [aac] });
  playback.audio.dispatchEvent(new Event("playing"));
  playback.audio.dispatchEvent(new Event("ended"));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(playback.lagMs).toBe(aac.burst_ms);
  playback.play({ ...station, streams: [aac] });
  expect(playback.lagMs).toBeUndefined();
});

test("a station that is back is played from the live edge, and not on from its off-air mount", () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const playback = new Playback();
  playback.play({ ...station, onAir: false });
  playback.update({ ...station, onAir: false });
  expect(opened).toHaveBeenCalledTimes(1);
  playback.update(station);
  expect(opened).toHaveBeenCalledTimes(2);
});

test("a station that the page does not know any more plays on", () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const playback = new Playback();
  playback.play(station);
  playback.update({ ...station, name: "", streams: [], onAir: false });
  playback.update(station);
  expect([playback.isActive("awaz"), playback.formatOf(station), opened.mock.calls.length]).toEqual([true, "mp3", 1]);
});

test("the listener's choice of a format is kept for the next visit", () => {
  const both = { ...station, streams: [mp3, aac] };
  expect(new Playback().formatOf(both)).toBe("aac");
  new Playback().chooseFormat("mp3");
  expect(new Playback().formatOf(both)).toBe("mp3");
});

test("a browser that can play none of the formats says so", async () => {
  vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockReturnValue("");
  await mountPlayer();
  await toggle().click();
  await expect.element(page.getByText("Your browser can’t play this stream. Open it in another player.")).toBeVisible();
});

test("the volume is kept for the next visit", async () => {
  await mountPlayer();
  await page.getByRole("slider", { name: "Volume" }).fill("35");
  expect(new Playback().volume).toBe(0.35);
});

test("without an address there is nothing to press", async () => {
  await mountPlayer(new Playback(), { ...station, streams: [] });
  await expect.element(toggle()).toBeDisabled();
});

test("one tab plays at a time", async () => {
  const [here, elsewhere] = [new Playback(), new Playback()];
  vi.useFakeTimers({ toFake: ["Date"], now: 1000 });
  here.play(station);
  vi.setSystemTime(2000);
  elsewhere.play(station);
  await expect.poll(() => [here.isActive(), elsewhere.isActive()]).toEqual([false, true]);
});

test("one tab plays, of those that begin in the same millisecond", async () => {
  const tabs = [new Playback(), new Playback(), new Playback()];
  vi.useFakeTimers({ toFake: ["Date"], now: 1000 });
  tabs.forEach((tab) => tab.play(station));
  await expect.poll(() => tabs.filter((tab) => tab.isActive())).toHaveLength(1);
});

test("another station takes the place of the one that plays", async () => {
  const playback = new Playback();
  playback.play(station);
  playback.toggle({ ...station, slug: "jazz", name: "Jazz" });
  expect([playback.isActive("awaz"), playback.isActive("jazz")]).toEqual([false, true]);
  await mount<PlayerBar>("awaz-player-bar", { playback, track: { title: "چراغ", artist: "Nazia" } });
  await expect.element(byId("player-bar")).toMatchTextContent("چراغ");
  await page.getByRole("button", { name: "Pause Jazz" }).click();
  expect(playback.isActive()).toBe(false);
  await expectAccessible();
});

/** A browser that finds devices when the test says so. */
class FakeRemote extends EventTarget {
  state = "disconnected";
  readonly prompt = vi.fn(() => Promise.resolve());
  found: (isAvailable: boolean) => void = () => undefined;

  watchAvailability(found: (isAvailable: boolean) => void): Promise<number> {
    this.found = found;
    return Promise.resolve(1);
  }

  connect(): void {
    this.state = "connected";
    this.dispatchEvent(new Event("connect"));
  }
}

test("a device nearby is offered while there is one, and the page says that it plays", async () => {
  const remote = new FakeRemote();
  const before = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "remote");
  Object.defineProperty(HTMLMediaElement.prototype, "remote", { configurable: true, get: () => remote });
  onTestFinished(
    () => void Object.defineProperty(HTMLMediaElement.prototype, "remote", before ?? { get: () => undefined }),
  );
  const playback = new Playback();
  await mountPlayer(playback);
  expect(byId("remote").elements()).toEqual([]);
  remote.found(true);
  await byId("remote").click();
  expect(remote.prompt).toHaveBeenCalledOnce();
  await expectAccessible();
  playback.play(station);
  remote.connect();
  await expect.element(page.getByText("Playing on another device")).toBeVisible();
  expect(playback.lagMs).toBeUndefined();
});
