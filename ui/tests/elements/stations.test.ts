import { html } from "lit";
import { expect, test } from "vitest";
import { page } from "vitest/browser";
import { found, ordered } from "../../src/features/stations/order.ts";
import "../../src/features/stations/live-notice.ts";
import type { LiveNotice } from "../../src/features/stations/live-notice.ts";
import "../../src/features/stations/station-cards.ts";
import "../../src/kit/roundel.ts";
import type { StationCards } from "../../src/features/stations/station-cards.ts";
import type { Roundel } from "../../src/kit/roundel.ts";
import type { DigestEntry } from "../../src/wire/schema.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const entry = (station: string, on_air: DigestEntry["on_air"], more: Partial<DigestEntry> = {}): DigestEntry => ({
  station,
  name: station.toUpperCase(),
  on_air,
  listeners: 0,
  stream_url: `/${station}.mp3`,
  ...more,
});

test("live stations come first, and those off air last", () => {
  const all = [entry("a", "offair"), entry("b", "autodj"), entry("c", "live"), entry("d", "autodj", { listeners: 3 })];
  expect(ordered(all).map(({ station }) => station)).toEqual(["c", "d", "b", "a"]);
});

test.each([
  ["jazz", ["jazz"]],
  ["beyonce", ["pop"]],
  ["چراغ", ["awaz"]],
  ["  ", ["awaz", "jazz", "pop"]],
  ["nothing of it", []],
])("a search for “%s” finds names, titles and artists", (search, stations) => {
  const all = [
    entry("awaz", "live", { title: "چراغ" }),
    entry("jazz", "autodj"),
    entry("pop", "live", { artist: "Beyoncé" }),
  ];
  expect(found(all, search).map(({ station }) => station)).toEqual(stations);
});

test("a card shows what plays, and only a station on air can be played", async () => {
  const stations = [entry("awaz", "live", { title: "چراغ", artist: "Nazia", listeners: 12 }), entry("jazz", "offair")];
  const action = ({ name }: DigestEntry) => html`<button>Play ${name}</button>`;
  await mount<StationCards>("awaz-station-cards", { stations, action });
  await expect.element(page.getByRole("listitem").nth(0)).toMatchTextContent("12 listening چراغ Nazia");
  await expect.element(page.getByRole("listitem").nth(1)).toMatchTextContent("Nothing playing right now");
  expect(page.getByRole("button").elements()).toHaveLength(1);
  await expectAccessible();
});

test("a picture that cannot be loaded gives way to the next one, and the last to the station's emblem", async () => {
  const icon = "/src/pages/icon.svg?v=1";
  const element = await mount<Roundel>("awaz-roundel", { name: "awaz", pictures: ["/gone?v=1", icon] });
  await expect.poll(() => byId("picture").element().getAttribute("src")).toContain(icon);
  element.pictures = ["/gone?v=1"];
  await expect.element(byId("picture")).not.toBeInTheDocument();
  expect(element.shadowRoot?.querySelector("svg")).not.toBeNull();
});

test("a station that goes live is announced once", async () => {
  const element = await mount<LiveNotice>("awaz-live-notice", { stations: [entry("awaz", "autodj")] });
  expect(byId("live-notice").elements()).toHaveLength(0);
  element.stations = [entry("awaz", "live")];
  await expect.element(byId("live-notice")).toHaveTextContent("AWAZ is live now");
  await expectAccessible();
});
