import { expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import { fromSnapshot } from "../../src/sdk/state.ts";
import "../../src/features/now-playing/announcer.ts";
import type { Announcer } from "../../src/features/now-playing/announcer.ts";
import "../../src/kit/connection-notice.ts";
import type { ConnectionNotice } from "../../src/kit/connection-notice.ts";
import "../../src/kit/copyable.ts";
import type { Copyable } from "../../src/kit/copyable.ts";
import "../../src/features/now-playing/listener-count.ts";
import type { ListenerCount } from "../../src/features/now-playing/listener-count.ts";
import { timeOfDay } from "../../src/i18n/time.ts";
import { snapshot, track } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";

const playing = (title: string) =>
  fromSnapshot(snapshot({ metadata: { play_id: title, kind: "autodj", track: track(title, "Nazia"), started_at: 0 } }));

test("a screen reader hears the next track, and not the one that the page opened with", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const station = new TestStation(playing("First"));
  await mount<Announcer>("awaz-announcer", {}, { station });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(byId("announcer").element().textContent).toBe("");
  station.set(playing("Second"));
  await vi.advanceTimersByTimeAsync(10_000);
  await expect.element(byId("announcer")).toHaveTextContent("Now playing: Second by Nazia.");
});

test("a count that may be old says how old it is", async () => {
  const asOf = new Date(2026, 0, 1, 21, 5).getTime();
  const listeners = { count: 1234, peak: 2000, stale: true, asOf };
  const station = new TestStation({ ...playing("Lamp"), listeners });
  await mount<ListenerCount>("awaz-listener-count", {}, { station });
  await expect.element(byId("listeners")).toHaveTextContent(`1,234 listening (as of ${timeOfDay(asOf)})`);
  await expectAccessible();
});

test("a lost connection is shown, and a new one ends that", async () => {
  const notice = await mount<ConnectionNotice>("awaz-connection", { status: { state: "waiting", failures: 1 } });
  await expect.element(byId("connection")).toHaveTextContent("Can’t connect. Trying again…");
  await expectAccessible();
  notice.status = { state: "connected", failures: 0 };
  await expect.element(byId("connection")).toHaveTextContent("");
  notice.status = { state: "waiting", failures: 1 };
  await expect.element(byId("connection")).toHaveTextContent("Reconnecting… Track details may be out of date.");
});

test("an interruption of less than a second is not shown", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const notice = await mount<ConnectionNotice>("awaz-connection", { status: { state: "waiting", failures: 1 } });
  vi.advanceTimersByTime(900);
  notice.status = { state: "connected", failures: 0 };
  await notice.updateComplete;
  vi.advanceTimersByTime(900);
  await notice.updateComplete;
  expect(byId("connection").element().textContent?.trim()).toBe("");
});

test("a fault of the station is announced", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const station = new TestStation(playing("First"));
  await mount<Announcer>("awaz-announcer", {}, { station });
  station.set({
    ...playing("First"),
    quality: { state: "bad", bitrate_kbps: 0, silence_ms: 0, reasons: ["no_audio"] },
  });
  await vi.advanceTimersByTimeAsync(10_000);
  await expect.element(byId("announcer")).toHaveTextContent("The stream is interrupted. It will resume automatically.");
});

test("a copied value is announced", async () => {
  await mount<Copyable>("awaz-copyable", { label: "Stream key", value: "key-1" });
  await page.getByRole("button", { name: "Copy Stream key" }).click();
  await expect.element(page.getByRole("button", { name: "Stream key copied" })).toBeVisible();
  await expectAccessible();
});
