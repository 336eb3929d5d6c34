import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/desk/audience.ts";
import "../../src/features/desk/past-broadcasts.ts";
import "../../src/features/desk/recording.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";

afterEach(() => vi.restoreAllMocks());

const STATION = "/api/v1/stations/awaz";
const MINUTE_MS = 60_000;
const TRACK = { id: "t1", title: "چراغ", artist: "The Lamps", duration_ms: 243_000 };
const PLAYLIST = { id: "p1", name: "Evenings", tracks: 3, duration_ms: 700_000, order: "sequence", weight: 1 };
const LISTS = {
  [`GET ${STATION}/tracks?limit=6`]: { body: { items: [TRACK] } },
  [`GET ${STATION}/playlists`]: { body: { items: [PLAYLIST] } },
};
const show = (state = fromSnapshot(snapshot())) => mount("awaz-recording", {}, { station: new TestStation(state) });

test("a playlist goes on air as a show", async () => {
  const requests = answering({ ...LISTS, [`POST ${STATION}/go-live`]: { body: { broadcast: {} } } });
  await show();
  await page.getByLabelText("Evenings 3 tracks").click();
  await page.getByLabelText("Title of the show").fill("An evening");
  await byId("recording-go-live").click();
  await expect
    .poll(() => requests.at(-1))
    .toBe(`POST ${STATION}/go-live {"source":"upload","playlist_id":"p1","title":"An evening"}`);
  await expectAccessible();
});

test("a track takes over from a host who is on air, and is looked for by its name", async () => {
  const requests = answering({
    ...LISTS,
    [`GET ${STATION}/tracks?limit=6&search=chirag`]: { body: { items: [TRACK] } },
    [`POST ${STATION}/go-live`]: { status: 409, body: refused("the queue is full") },
  });
  const broadcast = { id: "b1", kind: "live", started_at: 0, host: "Sara", reconnecting: false } as const;
  await show(fromSnapshot(snapshot({ on_air: "live", broadcast })));
  await page.getByLabelText("Find a track or a playlist").fill("chirag");
  await expect.poll(() => requests).toContain(`GET ${STATION}/tracks?limit=6&search=chirag`);
  await expect.element(page.getByLabelText(/Evenings/)).not.toBeInTheDocument();
  await page.getByLabelText(/The Lamps/).click();
  await page.getByRole("button", { name: "Take over from Sara" }).click();
  await expect
    .poll(() => requests.at(-1))
    .toBe(`POST ${STATION}/go-live {"source":"upload","track_id":"t1","replaces":"b1"}`);
  await expect.element(byId("recording-problem")).toHaveTextContent("The queue is full.");
});

test("past shows say who was on air, for how long, and how many listened", async () => {
  const past = {
    id: "b1",
    kind: "live",
    title: "Ghazals",
    host: "Sara",
    started_at: 10 * MINUTE_MS,
    ended_at: 12 * MINUTE_MS,
    reason: "taken_off_air",
    peak: 214,
    listener_minutes: 300,
  };
  const minutes = [
    { at: 10 * MINUTE_MS, listeners: 100, peak: 214 },
    { at: 11 * MINUTE_MS, listeners: 200, peak: 200 },
  ];
  const incidents = [{ at: 11 * MINUTE_MS, kind: "wrong_key", message: "An encoder was refused." }];
  answering({
    [`GET ${STATION}/broadcasts?limit=50`]: { body: { items: [past] } },
    [`GET ${STATION}/broadcasts`]: { body: { items: [past] } },
    [`GET ${STATION}/broadcasts/b1`]: { body: { ...past, minutes, incidents } },
  });
  await mount("awaz-past-broadcasts", {}, { station: new TestStation(fromSnapshot(snapshot())) });
  await expect.element(byId("past-broadcast")).toMatchTextContent("Ghazals Sara");
  await expect.element(byId("past-broadcast")).toMatchTextContent("2:00 · peak 214");
  await byId("past-broadcast").getByText("Ghazals").click();
  await expect.element(byId("broadcast-report")).toMatchTextContent("Listening time 5 hr");
  await expect.element(byId("listener-curve")).toHaveAttribute("data-peak", "214");
  await expect.element(page.getByText(/An encoder was refused/)).toBeInTheDocument();
  await expectAccessible();
});

test("the curve of the last hour says in words how many listened", async () => {
  const until = 100 * MINUTE_MS;
  const audience = { since: until - 59 * MINUTE_MS, until, minutes: [{ at: until, listeners: 3, peak: 7 }] };
  answering({ [`GET ${STATION}/audience?minutes=60`]: { body: audience } });
  await mount("awaz-audience", {}, { station: new TestStation(fromSnapshot(snapshot())) });
  await expect.element(page.getByRole("img", { name: /at most 7/ })).toBeInTheDocument();
  await expect.poll(() => byId("listener-curve").element().querySelector("canvas")).not.toBeNull();
});
