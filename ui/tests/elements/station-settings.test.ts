import { beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/station-settings/station-list.ts";
import type { StationList } from "../../src/features/station-settings/station-list.ts";
import "../../src/features/station-settings/station-settings.ts";
import type { StationSettingsForm } from "../../src/features/station-settings/station-settings.ts";
import type { Roundel } from "../../src/kit/roundel.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering, refused } from "./server.ts";

const STATION = "/api/v1/stations/awaz";

beforeEach(() => {
  vi.restoreAllMocks();
});

test("an admin sees every station with what is on, and creates one", async () => {
  const station = {
    slug: "awaz",
    name: "Awaz",
    description: "",
    bitrate_kbps: 128,
    language: "",
    timezone: "UTC",
    links: [],
    owners: ["Ali", "سارہ"],
  };
  const answers = {
    "GET /api/v1/admin/stations": { body: { stations: [station] } },
    "POST /api/v1/stations": { body: { ...station, slug: "jazz", name: "Jazz" } },
  };
  const requests = answering(answers);
  const directory = [{ station: "awaz", name: "Awaz", on_air: "live" as const, listeners: 7, stream_url: "" }];
  await mount<StationList>("awaz-station-list", { directory });
  await expect.element(byId("station-row")).toMatchTextContent("Awaz 7 listening · 128 kbit/s · owned by Ali, سارہ");
  await byId("station-add").click();
  await page.getByLabelText("Name").fill("Jazz");
  await expectAccessible();
  await page.getByRole("combobox", { name: "Time zone" }).selectOptions("Asia/Karachi");
  await byId("station-create").click();
  await expect.element(byId("station-new")).not.toBeInTheDocument();
  expect(requests).toContain('POST /api/v1/stations {"name":"Jazz","language":"","timezone":"Asia/Karachi"}');
  expect(requests.filter((request) => request === "GET /api/v1/admin/stations")).toHaveLength(2);
});

test("a station's settings are changed from what they are", async () => {
  const settings = {
    slug: "awaz",
    name: "Awaz",
    description: "Radio",
    bitrate_kbps: 192,
    language: "sd",
    timezone: "Asia/Karachi",
    links: [{ name: "Site", url: "https://radio.example/" }],
    auto_live: true,
    auto_stop: true,
    dead_air_s: 30,
    owners: [],
  };
  const requests = answering({
    [`GET ${STATION}/settings`]: { body: settings },
    [`PATCH ${STATION}`]: { body: settings },
  });
  await mount<StationSettingsForm>("awaz-station-settings");
  await expect.element(page.getByRole("combobox", { name: "Bitrate of the MP3 stream" })).toHaveValue("192");
  await expect.element(page.getByRole("combobox", { name: "Page language" })).toHaveValue("sd");
  await page.getByRole("combobox", { name: "Page language" }).selectOptions("ur");
  await page.getByLabelText("Description").fill("Day and night");
  await page.getByLabelText("Go on air as soon as an encoder connects").click();
  await byId("link-add").click();
  await page.getByLabelText("Address of link 2").fill("https://photos.example/awaz");
  await byId("settings-save").click();
  await expect.element(byId("settings-result")).toMatchTextContent("Saved.");
  const sent = requests.find((request) => request.startsWith("PATCH"))?.slice(`PATCH ${STATION} `.length) ?? "";
  expect(JSON.parse(sent)).toEqual({
    description: "Day and night",
    links: [...settings.links, { name: "", url: "https://photos.example/awaz" }],
    language: "ur",
    auto_live: false,
  });
  await expectAccessible();
});

test("a station gets a picture, and its emblem again without one", async () => {
  const settings = { slug: "awaz", name: "Awaz", description: "", bitrate_kbps: 128, links: [], owners: [] };
  const answers: Record<string, { status?: number; body: object }> = {
    [`GET ${STATION}/settings`]: { body: settings },
    [`PUT ${STATION}/art`]: { status: 400, body: refused("it is damaged") },
    [`DELETE ${STATION}/art`]: { body: {} },
  };
  answering(answers);
  const element = await mount<StationSettingsForm>("awaz-station-settings");
  const pictures = () => element.shadowRoot?.querySelector<Roundel>("awaz-roundel")?.pictures;
  const file = new File(["no picture"], "cover.png", { type: "image/png" });
  await page.getByLabelText("Add a picture").upload(file);
  await expect.element(byId("art-problem")).toHaveTextContent("It is damaged.");
  answers[`PUT ${STATION}/art`] = { body: {} };
  answers[`GET ${STATION}/settings`] = { body: { ...settings, art_url: "/src/pages/icon.svg?v=1" } };
  await page.getByLabelText("Add a picture").upload(file);
  await expect.element(byId("art-remove")).toBeVisible();
  expect(pictures()).toEqual(["/src/pages/icon.svg?v=1"]);
  answers[`GET ${STATION}/settings`] = { body: settings };
  await byId("art-remove").click();
  await expect.element(byId("art-remove")).not.toBeInTheDocument();
  expect(pictures()).toEqual([]);
});

test("a station is removed once its name has been typed", async () => {
  const settings = {
    slug: "awaz",
    name: "آواز Café",
    description: "",
    bitrate_kbps: 128,
    language: "",
    timezone: "UTC",
    links: [],
    owners: [],
  };
  const requests = answering({
    [`GET ${STATION}/settings`]: { body: settings },
    [`DELETE ${STATION}`]: { body: { ok: true } },
  });
  await mount<StationSettingsForm>("awaz-station-settings");
  await byId("station-remove").click();
  await byId("station-remove-name").fill("آواز");
  await expect.element(byId("station-remove-confirm")).toBeDisabled();
  await byId("station-remove-name").fill(` ${settings.name.normalize("NFD")} `);
  await byId("station-remove-confirm").click();
  await expect.poll(() => requests).toContain(`DELETE ${STATION}`);
});
