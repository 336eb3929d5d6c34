import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/library/track-list.ts";
import type { TrackList } from "../../src/features/library/track-list.ts";
import type { Done } from "../../src/kit/undo.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import type { TracksPage, TrackView } from "../../src/wire/schema.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, hasFocus, mount, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";
import { trackView as track } from "./tracks.ts";

afterEach(() => vi.restoreAllMocks());

const STATION = "/api/v1/stations/awaz";
const LIST = `GET ${STATION}/tracks?limit=50&view=all&sort=added`;

const tracks = (count: number, from = 0) => Array.from({ length: count }, (_, number) => track(from + number));
const listOf = (items: TrackView[], more: Partial<TracksPage> = {}): { body: TracksPage } => ({
  body: { items, total: items.length, measuring: 0, used_bytes: 2_000_000, quota_bytes: 50_000_000_000, ...more },
});

test("of thousands of tracks, those that are seen are in the document, and more come as one scrolls", async () => {
  const requests = answering({
    [LIST]: listOf(tracks(50), { total: 2000, next: "50" }),
    [`${LIST.replace("?limit=50", "?limit=50&cursor=50")}`]: listOf(tracks(50, 50), { total: 2000, next: "100" }),
  });
  const list = await mount<TrackList>("awaz-track-list");
  await expect.element(byId("track-count")).toMatchTextContent("2,000 tracks · 2 MB of 50 GB");
  await expect.poll(() => byId("track").elements().length).toBeGreaterThan(5);
  expect(byId("track").elements().length).toBeLessThan(40);
  await expectAccessible();
  list.renderRoot.querySelector(".scroller")?.scrollTo({ top: 3_000 });
  await expect.poll(() => requests.length).toBe(2);
  await expect.element(page.getByText("Song 52")).toBeInTheDocument();
});

test("a search is made once somebody has typed, and says when nothing is found", async () => {
  const requests = answering({
    [LIST]: listOf(tracks(2)),
    [`${LIST}&search=${encodeURIComponent("شام ghazal").replace("%20", "+")}`]: listOf([]),
  });
  await mount<TrackList>("awaz-track-list");
  await byId("track-search").fill("شام ghazal");
  await expect.element(byId("no-tracks")).toMatchTextContent("No tracks match.");
  expect(requests).toHaveLength(2);
});

test("an empty library says what to do, and one that cannot be fetched says why", async () => {
  const answers: Record<string, { status?: number; body: object }> = { [LIST]: listOf([]) };
  answering(answers);
  await mount<TrackList>("awaz-track-list");
  await expect.element(byId("no-tracks")).toMatchTextContent("No music yet.");
  answers[LIST.replace("added", "title")] = { status: 503, body: refused("the database is away") };
  await byId("track-sort").selectOptions("title");
  await expect.element(byId("tracks-problem")).toMatchTextContent("The database is away.");
});

test("the list is one stop of the Tab key, and arrows go through its rows", async () => {
  answering({ [LIST]: listOf(tracks(3)) });
  await mount<TrackList>("awaz-track-list");
  const open = byId("track-open");
  await expect.element(open.first()).toBeInTheDocument();
  (open.first().element() as HTMLElement).focus();
  await userEvent.keyboard("{ArrowDown}{ArrowDown}");
  await expect.poll(() => hasFocus(open.nth(2))).toBe(true);
  await userEvent.keyboard("{ArrowLeft} ");
  await expect.element(byId("track-count")).toMatchTextContent("1 track selected");
  await userEvent.keyboard("{Home}");
  await expect.poll(() => hasFocus(page.getByRole("checkbox", { name: "Select Song 0" }))).toBe(true);
});

test("a track is put into the queue, and taken out again", async () => {
  const queued = { id: "i1", track: track(0), starts_at: 0, fixed: false, why: { kind: "placed" } };
  const requests = answering({
    [LIST]: listOf(tracks(2)),
    [`POST ${STATION}/queue`]: { body: { version: 2, applied: true, items: [queued], item: "i1" } },
    [`DELETE ${STATION}/queue/i1`]: { body: { version: 3, applied: true, items: [] } },
  });
  await mount<TrackList>("awaz-track-list");
  await page.getByRole("button", { name: "Play next: Song 0" }).click();
  await expect.element(byId("done")).toMatchTextContent("Song 0 is in the queue.");
  await byId("undo").click();
  await expect.element(byId("undo")).not.toBeInTheDocument();
  expect(requests.slice(1)).toEqual([
    `POST ${STATION}/queue {"track_id":"t0","place":"next"}`,
    `DELETE ${STATION}/queue/i1`,
  ]);
});

test("what somebody else changes is shown at once, and what is selected with it", async () => {
  const [first, ...rest] = tracks(3);
  const answers = { [LIST]: listOf([first, ...rest] as TrackView[]) };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<TrackList>("awaz-track-list", {}, { station });
  await byId("select-all").click();
  await expect.poll(() => hasFocus(byId("selected-clear"))).toBe(true);
  answers[LIST] = listOf([track(7), ...rest.map((each) => ({ ...each, artist: "Abida" }))]);
  station.set({ ...state, changedAt: { ...state.changedAt, tracks: 1 } });
  await expect.element(page.getByText("Song 7")).toBeInTheDocument();
  await expect.element(page.getByText("Song 0")).not.toBeInTheDocument();
  await byId("selected-clear").click();
  await expect.poll(() => hasFocus(byId("select-all"))).toBe(true);
  await byId("track").nth(1).getByRole("checkbox").click();
  await byId("selected-edit").click();
  await expect.element(page.getByLabelText("Artist")).toHaveValue("Abida");
});

test("of many tracks, all that are known are fetched again", async () => {
  const answers = {
    [LIST]: listOf(tracks(50), { total: 80, next: "50" }),
    [LIST.replace("?limit=50", "?limit=50&cursor=50")]: listOf(tracks(30, 50), { total: 80 }),
    [LIST.replace("50", "200")]: listOf([...tracks(10), ...tracks(69, 11)], { total: 79 }),
  };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  const list = await mount<TrackList>("awaz-track-list", {}, { station });
  const scrollTo = (top: number) => list.renderRoot.querySelector(".scroller")?.scrollTo({ top });
  const shownAt = (top: number, title: string) => {
    scrollTo(top);
    return page.getByText(title, { exact: true }).elements().length;
  };
  await expect.poll(() => shownAt(9_000, "Song 79")).toBe(1);
  station.set({ ...state, changedAt: { ...state.changedAt, tracks: 1 } });
  await expect.element(byId("track-count")).toMatchTextContent("79 tracks");
  await expect.poll(() => shownAt(0, "Song 9")).toBe(1);
  await expect.element(page.getByText("Song 10", { exact: true })).not.toBeInTheDocument();
});

test("of many tracks, one that somebody has removed is gone, and the list goes on behind the others", async () => {
  const next = LIST.replace("?limit=50", "?limit=50&cursor=50");
  const answers = {
    [LIST]: listOf(tracks(50), { total: 120, next: "50" }),
    [next]: listOf(tracks(50, 50), { total: 120, next: "100" }),
  };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  const list = await mount<TrackList>("awaz-track-list", {}, { station });
  await expect.element(byId("track-count")).toMatchTextContent("120 tracks");
  answers[LIST] = listOf([...tracks(3), ...tracks(47, 4)], { total: 119, next: "51" });
  answers[next.replace("cursor=50", "cursor=51")] = listOf(tracks(49, 51), { total: 119, next: "100" });
  station.set({ ...state, changedAt: { ...state.changedAt, tracks: 1 } });
  await expect.element(byId("track-count")).toMatchTextContent("119 tracks");
  const rows = () =>
    byId("track")
      .elements()
      .map((row) => row.querySelector(".title")?.textContent);
  expect(rows().slice(0, 5)).toEqual(["Song 0", "Song 1", "Song 2", "Song 4", "Song 5"]);
  const end = () => {
    list.renderRoot.querySelector(".scroller")?.scrollTo({ top: 2_700 });
    return rows().slice(-8).join();
  };
  await expect.poll(end).toMatch("Song 49,Song 50,Song 51,Song 52");
});

test("the row that has the focus keeps it when others come before it", async () => {
  const answers = { [LIST]: listOf(tracks(3, 1)) };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<TrackList>("awaz-track-list", {}, { station });
  const open = byId("track-open");
  await expect.element(open.nth(1)).toBeInTheDocument();
  (open.nth(1).element() as HTMLElement).focus();
  answers[LIST] = listOf(tracks(4));
  station.set({ ...state, changedAt: { ...state.changedAt, tracks: 1 } });
  await expect.element(page.getByText("Song 0")).toBeInTheDocument();
  expect(hasFocus(open.nth(2))).toBe(true);
  await userEvent.keyboard("{ArrowDown}");
  await expect.poll(() => hasFocus(open.nth(3))).toBe(true);
});

test("a track that is deleted leaves the focus on the one that takes its place", async () => {
  const answers: Record<string, { body: object }> = {
    [LIST]: listOf(tracks(3)),
    [`POST ${STATION}/tracks/t0/preview`]: { body: { url: "/x", expires_in: 60 } },
    [`DELETE ${STATION}/tracks/t0`]: { body: {} },
  };
  answering(answers);
  await mount<TrackList>("awaz-track-list");
  await byId("track-open").first().click();
  await byId("track-delete").click();
  answers[LIST] = listOf(tracks(2, 1));
  await byId("track-delete-confirm").click();
  await expect.element(page.getByText("Song 0")).not.toBeInTheDocument();
  await expect.poll(() => hasFocus(byId("track-open").first())).toBe(true);
});

test("with Shift, everything from the row that was selected last is selected", async () => {
  answering({ [LIST]: listOf(tracks(5)) });
  await mount<TrackList>("awaz-track-list");
  const boxes = page.getByRole("checkbox");
  await boxes.nth(1).click();
  await boxes.nth(3).click({ modifiers: ["Shift"] });
  await expect.element(byId("track-count")).toMatchTextContent("3 tracks selected");
  await expect.element(boxes.nth(0)).not.toBeChecked();
});

test("a list that could not be fetched is fetched again on demand", async () => {
  const answers: Record<string, { status?: number; body: object }> = {
    [LIST]: { status: 503, body: refused("the database is away") },
  };
  answering(answers);
  await mount<TrackList>("awaz-track-list");
  await expect.element(byId("tracks-problem")).toMatchTextContent("The database is away.");
  answers[LIST] = listOf(tracks(1));
  await byId("tracks-retry").click();
  await expect.element(page.getByText("Song 0")).toBeInTheDocument();
});

test("beside the queue, the queue tells what was done", async () => {
  answering({
    [LIST]: listOf(tracks(2)),
    [`POST ${STATION}/queue`]: { body: { version: 2, applied: true, items: [], item: "i1" } },
  });
  const list = await mount<TrackList>("awaz-track-list", { brief: true });
  const done = new Promise<Done>((resolve) =>
    list.addEventListener("done", (event) => resolve((event as CustomEvent<Done>).detail)),
  );
  await page.getByRole("button", { name: "Play next: Song 0" }).click();
  expect((await done).undo).toBeDefined();
  await expect.element(byId("done")).not.toBeInTheDocument();
});

test("a track that cannot be played is marked, and not offered to the queue", async () => {
  answering({ [LIST]: listOf([track(0, { problem: "its file is missing" }), track(1, { measured: "waiting" })]) });
  await mount<TrackList>("awaz-track-list");
  await expect.element(byId("track").first()).toMatchTextContent("Can’t be played");
  await expect.element(page.getByRole("button", { name: "Play next: Song 0" })).toBeDisabled();
  await expect.element(byId("track").nth(1)).toMatchTextContent("Measuring…");
});

test("several tracks are changed at once, by what was filled in alone", async () => {
  const requests = answering({
    [LIST]: listOf(tracks(3)),
    [`PATCH ${STATION}/tracks`]: { body: { ids: ["t0", "t1", "t2"] } },
  });
  await mount<TrackList>("awaz-track-list");
  await byId("select-all").click();
  await byId("selected-edit").click();
  await expect.element(page.getByLabelText("Artist")).toHaveValue("شام");
  await page.getByLabelText("Artist").clear();
  await page.getByLabelText("Year").fill("1974");
  await expectAccessible();
  await byId("edit-save").click();
  await expect.element(byId("edit-several")).not.toBeInTheDocument();
  expect(requests).toContain(`PATCH ${STATION}/tracks {"ids":["t0","t1","t2"],"change":{"year":1974}}`);
  const before = requests.length;
  await byId("selected-edit").click();
  await byId("edit-save").click();
  await expect.element(byId("edit-several")).not.toBeInTheDocument();
  expect(requests.slice(before).filter((request) => request.startsWith("PATCH"))).toEqual([]);
});

test("a track is changed in its details by what is different alone", async () => {
  const changed = { track: track(0, { title: "New", cue_in_ms: 1_500 }) };
  const requests = answering({
    [LIST]: listOf(tracks(1)),
    [`POST ${STATION}/tracks/t0/preview`]: { body: { url: "data:audio/mpeg,", expires_in: 60 } },
    [`GET ${STATION}/tracks/t0/peaks`]: { body: { peaks_per_s: 20, peaks: btoa("\x00\x80\xff") } },
    [`PATCH ${STATION}/tracks/t0`]: { body: changed },
  });
  await mount<TrackList>("awaz-track-list");
  await byId("track-open").click();
  await page.getByLabelText("Title").fill("New");
  await page.getByLabelText("Starts at").fill("1.5");
  await expectAccessible();
  await byId("track-save").click();
  await expect.element(byId("track-result")).toMatchTextContent("Saved.");
  expect(requests).toContain(`PATCH ${STATION}/tracks/t0 {"title":"New","cue_in_ms":1500}`);
});

test("a track is given a picture, which is shown at once, and a file that is none is refused", async () => {
  const answers: Record<string, { status?: number; body: object }> = {
    [LIST]: listOf([track(0)]),
    [`POST ${STATION}/tracks/t0/preview`]: { body: { url: "/x", expires_in: 60 } },
    [`PUT ${STATION}/tracks/t0/art`]: { body: { track: track(0, { art_url: "/art.jpg" }) } },
    [`DELETE ${STATION}/tracks/t0/art`]: { body: { track: track(0) } },
  };
  const requests = answering(answers);
  await mount<TrackList>("awaz-track-list");
  await byId("track-open").click();
  await userEvent.upload(byId("art-file"), new File(["x"], "cover.png", { type: "image/png" }));
  await expect.element(byId("art-remove")).toBeInTheDocument();
  expect(requests).toContain(`PUT ${STATION}/tracks/t0/art`);
  answers[`PUT ${STATION}/tracks/t0/art`] = {
    status: 400,
    body: refused("this picture cannot be used: it is damaged"),
  };
  await userEvent.upload(byId("art-file"), new File(["x"], "cover.png", { type: "image/png" }));
  await expect.element(byId("art-problem")).toMatchTextContent("it is damaged");
  await byId("art-remove").click();
  await expect.element(byId("art-remove")).not.toBeInTheDocument();
});
