import { expect, onTestFinished, test, vi } from "vitest";
import { page } from "vitest/browser";
import { fromSnapshot, type StationState } from "../../src/sdk/state.ts";
import "../../src/features/now-playing/now-playing.ts";
import type { NowPlaying } from "../../src/features/now-playing/now-playing.ts";
import type { Snapshot, StreamMetadata, StreamQuality } from "../../src/wire/schema.ts";
import { snapshot, track } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";

function playing(metadata: Partial<StreamMetadata>, more: Partial<Snapshot> = {}): StationState {
  return fromSnapshot(
    snapshot({
      ...more,
      metadata: { play_id: "none", kind: "autodj", track: track(""), started_at: Date.now(), ...metadata },
    }),
  );
}

const show = (state: StationState) => mount<NowPlaying>("awaz-now-playing", {}, { station: new TestStation(state) });

test("a track is shown with its show and host", async () => {
  await show(playing({ track: track("Lamp", "Nazia"), show: "Evening Qawwali", host: "Sara" }));
  await expect.element(byId("title")).toHaveTextContent("Lamp");
  await expect.element(byId("artist")).toHaveTextContent("Nazia");
  await expect.element(byId("show")).toHaveTextContent("Evening Qawwali");
  await expect.element(byId("host")).toHaveTextContent("Sara");
  await expectAccessible();
});

test("a recording's title stands for its show while its tracks play", async () => {
  const broadcast = { id: "b1", kind: "upload", started_at: 0, title: "Friday mix", reconnecting: false } as const;
  await show(playing({ kind: "upload", track: track("Lamp", "Nazia") }, { on_air: "upload", broadcast }));
  await expect.element(byId("title")).toHaveTextContent("Lamp");
  await expect.element(byId("show")).toHaveTextContent("Friday mix");
});

test("music over a show that is silent is not called what the show is called", async () => {
  const broadcast = { id: "b1", kind: "live", started_at: 0, title: "Friday live", reconnecting: false } as const;
  await show(playing({ track: track("Lamp", "Nazia") }, { on_air: "live", broadcast }));
  await expect.element(byId("title")).toHaveTextContent("Lamp");
  expect(byId("show").elements()).toEqual([]);
});

test("a title is text, whatever it contains", async () => {
  const title = "<img src=x onerror=alert(1)>";
  await show(playing({ track: track(title) }));
  await expect.element(byId("title")).toHaveTextContent(title);
  expect(page.getByRole("img").elements()).toEqual([]);
});

test("an Urdu title runs from the right, in nastaliq, and turns nothing around it", async () => {
  await show(playing({ track: track("چراغ", "Nazia"), host: "سارا" }));
  const title = byId("title").element();
  expect(getComputedStyle(title).direction).toBe("rtl");
  expect(title.querySelector("[lang]")?.getAttribute("lang")).toBe("ur");
  expect(getComputedStyle(byId("artist").element()).direction).toBe("ltr");
});

test.each(["", "Awaz"])("a station that sends %j for a title says that it is on air", async (title) => {
  await show(playing({ track: track(title, ""), stand_in: true }));
  await expect.element(byId("title")).toHaveTextContent("No track details");
  await expect.element(page.getByText("Awaz is on air.")).toBeVisible();
});

test("a live show is called what its host calls it, while no track is named", async () => {
  const broadcast = {
    id: "b1",
    kind: "live",
    started_at: 0,
    title: "شامِ غزل",
    host: "Sara",
    reconnecting: false,
  } as const;
  const metadata = { track: track("شامِ غزل", "Sara"), host: "Sara", stand_in: true } as const;
  await show(playing(metadata, { on_air: "live", broadcast }));
  await expect.element(byId("title")).toHaveTextContent("شامِ غزل");
  await expect.element(byId("host")).toHaveTextContent("Sara");
});

test("a station that is off air says what will happen", async () => {
  await show(playing({ track: track("Lamp") }, { on_air: "offair" }));
  await expect.element(byId("title")).toHaveTextContent("Off air");
  await expect.element(page.getByText(/it updates when the station is back/)).toBeVisible();
});

test("a host who has lost their connection is waited for in words", async () => {
  const broadcast = { id: "b1", kind: "live", started_at: 0, reconnecting: true } as const;
  await show(playing({ track: track("Lamp") }, { on_air: "live", broadcast }));
  await expect
    .element(byId("encoder-reconnecting"))
    .toHaveTextContent("The host lost their connection. Music plays until they’re back.");
});

test("AutoDJ that is gone is no host who could come back", async () => {
  const broadcast = { id: "b1", kind: "autodj", started_at: 0, reconnecting: true } as const;
  await show(playing({ track: track("Lamp") }, { broadcast }));
  await expect.element(byId("trouble")).toHaveTextContent("The stream is interrupted. It will resume automatically.");
});

test.each([
  ["silence", "The station is silent right now. It isn’t your connection."],
  ["no_audio", "The stream is interrupted. It will resume automatically."],
] as const)("listeners are told that the fault is the station’s: %s", async (reason, text) => {
  const quality: StreamQuality = { state: "degraded", bitrate_kbps: 128, silence_ms: 0, reasons: [reason] };
  await show(playing({ track: track("Lamp") }, { quality }));
  await expect.element(byId("trouble")).toHaveTextContent(text);
});

test("the time counts up to the track's length", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  onTestFinished(() => void vi.useRealTimers());
  const started_at = Date.now() - 65_000;
  await show(playing({ track: { ...track("Lamp"), duration_ms: 180_000 }, started_at }));
  await expect.element(page.getByText("1:05")).toBeVisible();
  await expect.element(page.getByText("3:00")).toBeVisible();
});
