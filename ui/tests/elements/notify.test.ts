import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/notify/notify-me.ts";
import type { NotifyMe } from "../../src/features/notify/notify-me.ts";
import { BackOnAir } from "../../src/features/notify/back-on-air.ts";
import type { OnAirKind } from "../../src/wire/schema.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const shown: string[] = [];

function answering(permission: NotificationPermission): void {
  class Fake {
    static requestPermission = () => Promise.resolve(permission);
    constructor(text: string) {
      if (text) shown.push(text);
    }
    close = () => undefined;
  }
  vi.stubGlobal("Notification", Fake);
}

afterEach(() => {
  vi.unstubAllGlobals();
  shown.length = 0;
});

const mountNotify = (offAir = true, awaited = new BackOnAir()) =>
  mount<NotifyMe>("awaz-notify-me", { slug: "awaz", name: "Awaz", offAir, awaited });
const awaz = (on_air: OnAirKind) => [{ station: "awaz", on_air }];

test("a listener who asked is told once that the station is back", async () => {
  answering("granted");
  const awaited = new BackOnAir();
  await mountNotify(true, awaited);
  await byId("notify-me").click();
  await expect.element(page.getByText("You’ll get a notification. Keep this page open.")).toBeVisible();
  await expectAccessible();
  for (const kind of ["offair", "autodj", "offair", "autodj"] as const) awaited.update(awaz(kind));
  expect(shown).toEqual(["Awaz is on air."]);
});

test("a browser that blocks notifications is named as the reason", async () => {
  answering("denied");
  const awaited = new BackOnAir();
  await mountNotify(true, awaited);
  await byId("notify-me").click();
  await expect.element(page.getByText(/Your browser blocks notifications/)).toBeVisible();
  awaited.update(awaz("live"));
  expect(shown).toEqual([]);
});

test("where the page cannot notify, nothing is promised", async () => {
  vi.stubGlobal(
    "Notification",
    class {
      static requestPermission = () => Promise.resolve("granted");
      constructor() {
        throw new TypeError("Illegal constructor");
      }
    },
  );
  await mountNotify();
  await byId("notify-me").click();
  await expect.element(page.getByText(/Your browser blocks notifications/)).toBeVisible();
});

test("while the station is on air there is nothing to ask", async () => {
  answering("granted");
  await mountNotify(false);
  expect(byId("notify-me").elements()).toEqual([]);
});
