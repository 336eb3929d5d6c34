import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/desk/desk.ts";
import type { Desk } from "../../src/features/desk/desk.ts";
import { fromSnapshot, type StationState } from "../../src/sdk/state.ts";
import type { BroadcastView, SignalRow, SignalView, SourceState } from "../../src/wire/schema.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, host, mount, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";

beforeEach(() => localStorage.clear());
afterEach(() => vi.restoreAllMocks());

const STATION = "/api/v1/stations/awaz";
const LIVE: BroadcastView = {
  id: "b1",
  kind: "live",
  started_at: Date.now() - 65_000,
  host: "Sara",
  reconnecting: false,
};

function row(name: SignalRow["row"], state: SignalRow["state"] = "ok", actual = ""): SignalRow {
  return { row: name, state, actual, expected: "", hint: "" };
}

function signal(state: SourceState, more: Partial<SignalView> = {}, id: "a" | "b" = "a"): SignalView {
  return {
    source: { id, kind: "encoder", state, mount: "/ingest/awaz", host: "علی", client: "butt 1.45" },
    level_db: [-9.2, -11],
    lufs: -16,
    rows: [row("connection"), row("level", "ok", "-16 LUFS"), row("silence")],
    ...more,
  };
}

const signals = (...listed: SignalView[]) => ({ body: { dead_air_s: 30, signals: listed } });
const on = (broadcast: BroadcastView) => fromSnapshot(snapshot({ on_air: "live", broadcast }));
const show = (state: StationState = fromSnapshot(snapshot()), viewer = {}) =>
  mount<Desk>("awaz-desk", {}, { station: new TestStation(state), ...viewer });

test("an encoder that is ready is put on air with the title of the show", async () => {
  const requests = answering({
    [`GET ${STATION}/signal`]: signals(signal("preview"), signal("absent", {}, "b")),
    [`POST ${STATION}/go-live`]: { body: { broadcast: LIVE } },
  });
  await show();
  await expect.element(byId("source-state")).toMatchTextContent("Ready. Listeners don’t hear it yet. علی butt 1.45");
  expect(byId("source").elements()).toHaveLength(1);
  await page.getByLabelText("Title of the show").fill("شامِ غزل");
  await byId("go-live").click();
  await expect
    .poll(() => requests.at(-1))
    .toBe(`POST ${STATION}/go-live {"source":"encoder","id":"a","title":"شامِ غزل"}`);
  await expectAccessible();
});

test("the focus goes from the button that was pressed to the one in its place", async () => {
  answering({
    [`GET ${STATION}/signal`]: signals(signal("preview")),
    [`POST ${STATION}/go-live`]: { body: { broadcast: LIVE } },
    [`GET ${STATION}/broadcasts?limit=1`]: { body: { items: [] } },
  });
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<Desk>("awaz-desk", {}, { station });
  await byId("go-live").click();
  station.set({ ...on(LIVE), signals: { a: signal("on_air") } });
  await expect.element(byId("stop")).toBeInTheDocument();
  await expect.poll(() => document.activeElement?.shadowRoot?.activeElement).toBe(byId("stop").element());
});

test("a title that was typed for one host is not that of the next", async () => {
  answering({ [`GET ${STATION}/signal`]: signals(signal("preview")) });
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<Desk>("awaz-desk", {}, { station });
  await page.getByLabelText("Title of the show").fill("شامِ غزل");
  const sara = signal("preview");
  station.set({ ...state, signals: { a: { ...sara, source: { ...sara.source, host: "Sara" } } } });
  await expect.element(page.getByLabelText("Title of the show")).toHaveValue("");
});

test("a refusal says why", async () => {
  answering({
    [`GET ${STATION}/signal`]: signals(signal("preview")),
    [`POST ${STATION}/go-live`]: { status: 409, body: refused("no encoder is connected") },
  });
  await show();
  await byId("go-live").click();
  await expect.element(byId("desk-error")).toHaveTextContent("No encoder is connected.");
});

test("the next host takes over from the one who is on air", async () => {
  const requests = answering({
    [`GET ${STATION}/signal`]: signals(signal("on_air"), signal("preview", {}, "b")),
    [`POST ${STATION}/go-live`]: { body: { broadcast: LIVE } },
  });
  await show(on(LIVE));
  await expect.element(byId("desk-bar")).toMatchTextContent(/On air \d:\d\d · Sara/);
  await page.getByRole("button", { name: "Take over from Sara" }).click();
  await expect
    .poll(() => requests.at(-1))
    .toBe(`POST ${STATION}/go-live {"source":"encoder","id":"b","title":"","replaces":"b1"}`);
});

test("a show is ended by one press, and goes on by another", async () => {
  const requests = answering({
    [`GET ${STATION}/signal`]: signals(signal("on_air")),
    [`POST ${STATION}/stop`]: { body: {} },
    [`POST ${STATION}/go-live`]: { body: { broadcast: LIVE } },
  });
  await show(on({ ...LIVE, title: "Ghazals" }));
  await byId("stop").click();
  await expect.element(byId("done")).toMatchTextContent("The show has ended. Listeners hear AutoDJ.");
  await byId("undo").click();
  await expect.element(byId("undo")).not.toBeInTheDocument();
  expect(requests.filter((request) => request.startsWith("POST"))).toEqual([
    `POST ${STATION}/stop {"broadcast_id":"b1"}`,
    `POST ${STATION}/go-live {"source":"encoder","id":"a","title":"Ghazals","host":"Sara"}`,
  ]);
});

test("an encoder is disconnected after a question, and not by every host", async () => {
  const requests = answering({
    [`GET ${STATION}/signal`]: signals(signal("on_air")),
    [`POST ${STATION}/kick`]: { body: {} },
  });
  await show(on(LIVE));
  await byId("kick").click();
  await expect.element(byId("kick-dialog")).toMatchTextContent("Disconnect the encoder of علی?");
  await byId("kick-confirm").click();
  await expect.poll(() => requests.at(-1)).toBe(`POST ${STATION}/kick {"source":"a","seconds":300}`);
});

test("a host who does not manage the station cannot disconnect others", async () => {
  answering({ [`GET ${STATION}/signal`]: signals(signal("on_air")) });
  await show(on(LIVE), { viewer: host });
  await expect.element(byId("stop")).toBeInTheDocument();
  expect(byId("kick").elements()).toEqual([]);
});

test("the checks say what to do, as the server tells of them", async () => {
  answering({ [`GET ${STATION}/signal`]: signals(signal("on_air")) });
  const state = on(LIVE);
  const station = new TestStation(state);
  await mount<Desk>("awaz-desk", {}, { station });
  await expect.element(byId("signal-rows")).toMatchTextContent("Loudness -16 LUFS");
  expect(byId("dead-air").elements()).toEqual([]);
  const rows = [row("level", "warn", "-31 LUFS"), row("silence", "bad", "14 s of silence")];
  station.set({ ...state, signals: { a: signal("on_air", { lufs: -31, rows }) } });
  await expect.element(byId("signal-rows")).toMatchTextContent("-31 LUFS Too quiet: turn it up by about 15 dB.");
  await expect.element(byId("signal-rows")).toMatchTextContent("Silent for 0:14");
  await expect
    .element(byId("dead-air"))
    .toMatchTextContent("The source on air sends no sound. Silent for 0:14. Music plays in 0:16.");
  await expectAccessible();
});

test("a host whose server is away is still on air", async () => {
  answering({ [`GET ${STATION}/signal`]: signals(signal("on_air")) });
  await mount<Desk>("awaz-desk", { away: true }, { station: new TestStation(on(LIVE)) });
  await expect.element(byId("still-on-air")).toMatchTextContent("Still on air.");
});

test("a host in a browser whose server is away is told that they come back", async () => {
  const onAir = signal("on_air");
  const fromBrowser = { ...onAir, source: { ...onAir.source, kind: "browser" as const } };
  answering({ [`GET ${STATION}/signal`]: signals(fromBrowser) });
  await mount<Desk>("awaz-desk", { away: true }, { station: new TestStation(on(LIVE)) });
  await expect.element(byId("still-on-air")).toMatchTextContent("The host’s microphone comes back by itself");
});

test("a show that has ended is summed up", async () => {
  const report = { ...LIVE, ended_at: LIVE.started_at + 65_000, peak: 214, listener_minutes: 180 };
  answering({
    [`GET ${STATION}/signal`]: signals(signal("on_air")),
    [`GET ${STATION}/broadcasts/b1`]: { body: { ...report, minutes: [], incidents: [] } },
  });
  const station = new TestStation(on(LIVE));
  await mount<Desk>("awaz-desk", {}, { station });
  await expect.element(byId("stop")).toBeInTheDocument();
  station.set(fromSnapshot(snapshot()));
  await expect.element(byId("broadcast-report")).toMatchTextContent("Length 1:05 Most listeners at once 214");
  await expectAccessible();
});

test("the first show of a station is led to step by step", async () => {
  answering({
    [`GET ${STATION}/signal`]: signals(signal("preview")),
    [`GET ${STATION}/broadcasts?limit=1`]: { body: { items: [] } },
  });
  await show();
  await expect.element(byId("first-show")).toMatchTextContent("Press Go live.");
  expect(byId("first-show").element().querySelectorAll("[data-done]")).toHaveLength(2);
});

test("the way to the first show goes when that has ended", async () => {
  answering({
    [`GET ${STATION}/signal`]: signals(signal("on_air")),
    [`GET ${STATION}/broadcasts?limit=1`]: { body: { items: [] } },
    [`GET ${STATION}/broadcasts/b1`]: { status: 503, body: refused("the database is away") },
  });
  const station = new TestStation(on(LIVE));
  await mount<Desk>("awaz-desk", {}, { station });
  await expect.element(byId("first-show")).toBeInTheDocument();
  station.set(fromSnapshot(snapshot()));
  await expect.element(byId("ended")).toBeInTheDocument();
  expect(byId("first-show").elements()).toEqual([]);
});

test("what an encoder sends is heard before it is on air", async () => {
  answering({
    [`GET ${STATION}/signal`]: signals(signal("preview")),
    [`POST ${STATION}/preview`]: { body: { url: "/api/v1/stations/awaz/preview?key=k", expires_in: 300 } },
  });
  await show();
  await byId("preview").click();
  await expect.element(page.getByText("Ready. Listeners don’t hear it yet.")).toBeInTheDocument();
});

test("without an encoder it says so, and a failure can be tried again", async () => {
  const answers: Record<string, { status?: number; body: object }> = {
    [`GET ${STATION}/signal`]: { status: 503, body: refused("the database is away") },
  };
  answering(answers);
  await show();
  await expect.element(byId("desk-problem")).toMatchTextContent("The database is away.");
  answers[`GET ${STATION}/signal`] = signals();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect.element(byId("desk-bar")).toMatchTextContent("No encoder is connected. Listeners hear AutoDJ.");
});
