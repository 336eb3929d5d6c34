import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/library/add-to-playlist.ts";
import type { AddToPlaylist } from "../../src/features/library/add-to-playlist.ts";
import "../../src/features/playlists/playlists.ts";
import type { Playlists } from "../../src/features/playlists/playlists.ts";
import "../../src/features/queue/forecast.ts";
import type { Forecast } from "../../src/features/queue/forecast.ts";
import type { ForecastView, PlaylistView, QueueItem, TrackView } from "../../src/wire/schema.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering, refused } from "./server.ts";
import { trackView as track } from "./tracks.ts";

afterEach(() => vi.restoreAllMocks());

const PLAYLISTS = "/api/v1/stations/awaz/playlists";
const TRACKS = `${PLAYLISTS}/p1/tracks`;
const LIST = `GET ${TRACKS}?limit=200`;

function playlist(id: string, more: Partial<PlaylistView> = {}): PlaylistView {
  return {
    id,
    name: `List ${id}`,
    order: "shuffle",
    weight: 1,
    tracks: 2,
    duration_ms: 480_000,
    created_at: 0,
    ...more,
  };
}

const all = (...items: PlaylistView[]) => ({ body: { items } });
const content = (...items: TrackView[]) => ({ body: { items } });
const done = (ids: string[]) => ({ body: { ids, playlist: playlist("p1") } });

const shown = () =>
  byId("playlist-item")
    .elements()
    .map((row) => (row as HTMLElement).dataset["item"])
    .join(" ");

async function open(answers: Parameters<typeof answering>[0]) {
  const requests = answering({ [`GET ${PLAYLISTS}`]: all(playlist("p1")), ...answers });
  const element = await mount<Playlists>("awaz-playlists");
  await byId("playlist-open").click();
  return { element, requests };
}

test("playlists say what they have, and how much of AutoDJ they are", async () => {
  answering({
    [`GET ${PLAYLISTS}`]: all(
      playlist("a", { weight: 3 }),
      playlist("b", { order: "sequence" }),
      playlist("c", { weight: 0 }),
      playlist("d", { tracks: 0, duration_ms: 0 }),
    ),
  });
  await mount<Playlists>("awaz-playlists");
  const rows = byId("playlist");
  await expect.element(rows.nth(0)).toMatchTextContent("List a 75% of AutoDJ 2 tracks · 8:00 · Shuffled");
  await expect.element(rows.nth(1)).toMatchTextContent("List b 25% of AutoDJ 2 tracks · 8:00 · In order");
  await expect.element(rows.nth(2)).toMatchTextContent("List c Not in rotation");
  await expect.element(rows.nth(3)).toMatchTextContent("List d No tracks yet 0 tracks · Shuffled");
  await expect.element(byId("rotation")).toMatchTextContent("AutoDJ plays from the playlists in rotation");
  await expectAccessible();
});

test("without playlists it says what AutoDJ plays, and a new one is opened", async () => {
  const answers: Record<string, { body: object }> = {
    [`GET ${PLAYLISTS}`]: all(),
    [`POST ${PLAYLISTS}`]: { body: { playlist: playlist("p1", { name: "Evenings" }) } },
    [LIST]: content(),
  };
  const requests = answering(answers);
  await mount<Playlists>("awaz-playlists");
  await expect.element(byId("rotation")).toMatchTextContent("AutoDJ plays the whole library");
  await page.getByLabelText("Name").fill("Evenings");
  await byId("playlist-order").selectOptions("In order");
  await byId("playlist-weight").selectOptions("3×");
  answers[`GET ${PLAYLISTS}`] = all(playlist("p1", { name: "Evenings" }));
  await byId("playlist-create").click();
  await expect.element(byId("playlist-empty")).toBeInTheDocument();
  expect(requests[1]).toBe(`POST ${PLAYLISTS} {"name":"Evenings","order":"sequence","weight":3}`);
});

test("a name that is taken is said beside the form, and what was typed stays", async () => {
  const problem = { status: 409, body: refused("there is a playlist named 'Evenings' already") };
  answering({ [`GET ${PLAYLISTS}`]: all(), [`POST ${PLAYLISTS}`]: problem });
  await mount<Playlists>("awaz-playlists");
  await page.getByLabelText("Name").fill("Evenings");
  await byId("playlist-create").click();
  await expect.element(byId("playlists-problem")).toMatchTextContent("There is a playlist named 'Evenings' already.");
  await expect.element(page.getByLabelText("Name")).toHaveValue("Evenings");
});

test("tracks are put in order by keys and taken out, and both can be taken back", async () => {
  const { requests } = await open({
    [LIST]: content(track(0), track(1), track(2)),
    [`PATCH ${TRACKS}`]: done(["t2"]),
    [`POST ${TRACKS}/remove`]: done(["t0"]),
    [`POST ${TRACKS}`]: done(["t0"]),
  });
  await expect.poll(shown).toBe("t0 t1 t2");
  await expectAccessible();
  (page.getByRole("button", { name: "Move up: Song 2" }).element() as HTMLElement).focus();
  await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
  await expect.element(byId("done")).toMatchTextContent("Song 2 is now number 2.");
  expect(shown()).toBe("t0 t2 t1");
  expect(requests).toContain(`PATCH ${TRACKS} {"ids":["t2"],"before":"t1"}`);
  await byId("undo").click();
  await expect.poll(shown).toBe("t0 t1 t2");
  expect(requests).toContain(`PATCH ${TRACKS} {"ids":["t2"]}`);
  await page.getByRole("button", { name: "Remove: Song 0" }).click();
  await expect.poll(shown).toBe("t1 t2");
  await byId("undo").click();
  await expect.poll(() => requests.includes(`PATCH ${TRACKS} {"ids":["t0"],"before":"t1"}`)).toBe(true);
});

test("a move that fails is where it was, with the reason", async () => {
  const problem = { status: 404, body: refused("there is no track 't0' in the playlist") };
  await open({ [LIST]: content(track(0), track(1)), [`PATCH ${TRACKS}`]: problem });
  await page.getByRole("button", { name: "Move up: Song 1" }).click();
  await expect.element(byId("order-problem")).toMatchTextContent("There is no track 't0' in the playlist.");
  expect(shown()).toBe("t0 t1");
});

test("a track from beside it is added at the end, and one that it has is not added again", async () => {
  const { element, requests } = await open({ [LIST]: content(track(0)), [`POST ${TRACKS}`]: done(["t1"]) });
  const library = element.appendChild(document.createElement("div"));
  await expect.poll(shown).toBe("t0");
  const add = (detail: TrackView) => library.dispatchEvent(new CustomEvent("add", { detail, bubbles: true }));
  add(track(1));
  add(track(2));
  await expect.poll(shown).toBe("t0 t1 t2");
  await expect.element(byId("done")).toMatchTextContent("Song 2 was added.");
  add(track(0));
  await expect.element(byId("done")).toMatchTextContent("Song 0 is in the playlist already.");
  const added = requests.filter((request) => request.startsWith(`POST ${TRACKS}`));
  expect(added).toEqual([`POST ${TRACKS} {"ids":["t1"]}`, `POST ${TRACKS} {"ids":["t2"]}`]);
});

test("a playlist of many pages is read as a whole", async () => {
  await open({
    [LIST]: { body: { items: [track(0)], next: "0" } },
    [`${LIST}&cursor=0`]: content(track(1)),
  });
  await expect.poll(shown).toBe("t0 t1");
});

test("a playlist is changed, and deleted once that is confirmed", async () => {
  const answers: Record<string, { body: object }> = {
    [LIST]: content(),
    [`PATCH ${PLAYLISTS}/p1`]: { body: { playlist: playlist("p1") } },
    [`DELETE ${PLAYLISTS}/p1`]: { body: { ok: true } },
  };
  const { requests } = await open(answers);
  await byId("playlist-weight").selectOptions("Never");
  await byId("playlist-save").click();
  await expect.element(byId("playlist-saved")).toMatchTextContent("Saved.");
  expect(requests).toContain(`PATCH ${PLAYLISTS}/p1 {"weight":0}`);
  await byId("playlist-delete").click();
  await byId("playlist-delete-confirm").click();
  await expect.element(byId("rotation")).toBeInTheDocument();
  expect(requests).toContain(`DELETE ${PLAYLISTS}/p1`);
});

test("selected tracks are added to a playlist that is chosen, or one is made first", async () => {
  const requests = answering({ [`GET ${PLAYLISTS}`]: all(playlist("p1")), [`POST ${TRACKS}`]: done(["t1", "t2"]) });
  const element = await mount<AddToPlaylist>("awaz-add-to-playlist", { ids: ["t1", "t2"] });
  const added = new Promise((resolve) => element.addEventListener("added", resolve));
  await expect.element(byId("add-to-playlist")).toMatchTextContent("Add 2 tracks to a playlist");
  await byId("add-here").click();
  await added;
  expect(requests).toContain(`POST ${TRACKS} {"ids":["t1","t2"]}`);
  element.remove();
  answering({ [`GET ${PLAYLISTS}`]: all() });
  await mount<AddToPlaylist>("awaz-add-to-playlist", { ids: ["t1"] });
  await expect
    .element(page.getByRole("link", { name: "Create one" }))
    .toHaveAttribute("href", "/studio/awaz/playlists");
});

test("the next day says where the queue ends and what follows it, with reasons", async () => {
  const item = (id: string, why: QueueItem["why"]): QueueItem => ({
    id,
    track: { id, title: `Song ${id}`, artist: "شام", duration_ms: 60_000 },
    starts_at: 1_767_225_600_000,
    fixed: false,
    why,
  });
  const at = 1_767_225_600_000 - 3 * 3_600_000;
  const view: ForecastView = {
    planned: 1,
    items: [
      item("a", { kind: "placed", by: "Sara" }),
      item("b", { kind: "playlist", playlist: "شامیں", last_played_at: at }),
    ],
  };
  answering({ "GET /api/v1/stations/awaz/queue/forecast": { body: view } });
  await mount<Forecast>("awaz-forecast");
  await expect.element(byId("forecast-item").first()).toMatchTextContent("Song a · شام Placed by Sara");
  await expect
    .element(byId("forecast-item").nth(1))
    .toMatchTextContent("From the playlist شامیں, not played for 3 hours");
  await expect.element(byId("forecast")).toMatchTextContent("The queue is planned up to here.");
  await expectAccessible();
});
