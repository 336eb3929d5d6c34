import { expect, test } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/history/track-history.ts";
import type { TrackHistory } from "../../src/features/history/track-history.ts";
import { play } from "../fixtures.ts";
import { byId, clock, expectAccessible, mount } from "./mount.ts";

test("plays are listed as they are given, each with its age", async () => {
  const minute = 60_000;
  const plays = [play("Newest", Date.now() - 4 * minute), play("Older", Date.now() - 61 * minute)];
  await mount<TrackHistory>("awaz-history", { plays, clock });
  const entries = page.getByRole("listitem");
  expect(entries.elements().map((entry) => entry.textContent?.replace(/\s+/g, " ").trim())).toEqual([
    "Newest 4 min. ago",
    "Older 1 hr. ago",
  ]);
  await expectAccessible();
});

test("an empty history says what will be there", async () => {
  await mount<TrackHistory>("awaz-history", { plays: [], clock });
  await expect.element(byId("history")).toHaveTextContent("Nothing yet. Tracks appear here after they have played.");
});

test("ten plays are enough", async () => {
  const plays = Array.from({ length: 20 }, (_, number) => play(`Song ${number}`, Date.now() - number * 1000));
  await mount<TrackHistory>("awaz-history", { plays, clock });
  expect(page.getByRole("listitem").elements()).toHaveLength(10);
});
