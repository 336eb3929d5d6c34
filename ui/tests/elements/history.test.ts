import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/history/track-history.ts";
import type { TrackHistory } from "../../src/features/history/track-history.ts";
import { whenText } from "../../src/i18n/time.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import type { PlayView } from "../../src/wire/schema.ts";
import { play, snapshot } from "../fixtures.ts";
import { byId, expectAccessible, mount, showStation, TestStation } from "./mount.ts";

afterEach(() => vi.restoreAllMocks());

const stateOf = (history: PlayView[]) => ({ ...fromSnapshot(snapshot()), history });
const of = (history: PlayView[]) => ({ station: new TestStation(stateOf(history)) });

test("plays are listed as they are given, each with when it began", async () => {
  const minute = 60_000;
  const [newest, older] = [Date.now() - 4 * minute, Date.now() - 61 * minute];
  const plays = [play("Newest", newest), play("Older", older)];
  await mount<TrackHistory>("awaz-history", {}, of(plays));
  const entries = page.getByRole("listitem");
  expect(entries.elements().map((entry) => entry.textContent?.replace(/\s+/g, " ").trim())).toEqual([
    `Newest ${whenText(newest)}`,
    `Older ${whenText(older)}`,
  ]);
  await expectAccessible();
});

test("an empty history says what will be there", async () => {
  await mount<TrackHistory>("awaz-history", {}, of([]));
  await expect.element(byId("history")).toHaveTextContent("Nothing yet. Tracks appear here after they have played.");
});

const songs = (count: number, from = 0) =>
  Array.from({ length: count }, (_, number) => play(`Song ${from + number}`, 1e12 - (from + number) * 1000));
const titles = () =>
  page
    .getByRole("listitem")
    .elements()
    .map((entry) => entry.querySelector(".title")?.textContent);
const answer = (items: unknown[], next?: string) =>
  Promise.resolve(new Response(JSON.stringify({ items, ...(next && { next }) })));

test("ten plays are enough, until more are asked for", async () => {
  const fetched = vi
    .spyOn(window, "fetch")
    .mockImplementationOnce(() => answer([play("On air now", 1e12 + 1000), ...songs(30)], "5.1"))
    .mockImplementationOnce(() => answer(songs(3, 30)));
  await mount<TrackHistory>("awaz-history", {}, of(songs(20)));
  expect(titles()).toHaveLength(10);
  await byId("history-more").click();
  await expect.poll(titles).toEqual(songs(30).map(({ title }) => title));
  await byId("history-more").click();
  await expect.poll(titles).toEqual(songs(33).map(({ title }) => title));
  expect(fetched.mock.calls.map(([url]) => url)).toEqual([
    "/api/v1/stations/awaz/history?limit=50",
    "/api/v1/stations/awaz/history?limit=50&cursor=5.1",
  ]);
  await expect.element(byId("history-more")).not.toBeInTheDocument();
  await expectAccessible();
});

test("what is played after older plays were loaded leaves no gap", async () => {
  vi.spyOn(window, "fetch").mockImplementationOnce(() => answer(songs(30)));
  const station = new TestStation(stateOf(songs(20)));
  const shown = await mount<TrackHistory>("awaz-history", {}, { station });
  await byId("history-more").click();
  await expect.poll(titles).toHaveLength(30);
  for (const from of [-15, -30]) {
    station.set(stateOf(songs(20, from)));
    await shown.updateComplete;
  }
  await expect.poll(titles).toEqual(songs(60, -30).map(({ title }) => title));
});

test("a history that cannot be loaded says so, and is loaded at the next try", async () => {
  vi.spyOn(window, "fetch")
    .mockRejectedValueOnce(new TypeError("offline"))
    .mockImplementationOnce(() => answer(songs(12)));
  await mount<TrackHistory>("awaz-history", {}, of(songs(10)));
  await byId("history-more").click();
  await expect.element(page.getByRole("alert")).toHaveTextContent("The server cannot be reached.");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.poll(titles).toHaveLength(12);
});

test("another station has a history of its own", async () => {
  vi.spyOn(window, "fetch").mockImplementationOnce(() => answer(songs(30)));
  const shown = await mount<TrackHistory>("awaz-history", {}, of(songs(10)));
  await byId("history-more").click();
  await expect.poll(titles).toHaveLength(30);
  showStation(shown, new TestStation(stateOf(songs(2)), "other"));
  await expect.poll(titles).toHaveLength(2);
});
