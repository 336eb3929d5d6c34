import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/notify/notify-me.ts";
import type { NotifyMe } from "../../src/features/notify/notify-me.ts";
import { BackOnAir } from "../../src/features/notify/back-on-air.ts";
import type { OnAirKind } from "../../src/wire/schema.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering as answeringServer } from "./server.ts";

const shown: string[] = [];

// Most tests are of browsers without push.
beforeEach(() => vi.stubGlobal("PushManager", undefined));

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
  vi.restoreAllMocks();
  localStorage.clear();
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

/** A browser with push, and what it is subscribed to already. */
function withPush(subscribe: () => Promise<unknown>, known: object | null = null): void {
  const pushManager = { subscribe, getSubscription: () => Promise.resolve(known) };
  const registration = { pushManager } as unknown as ServiceWorkerRegistration;
  vi.spyOn(navigator.serviceWorker, "register").mockResolvedValue(registration);
  vi.spyOn(navigator.serviceWorker, "getRegistration").mockResolvedValue(registration);
  vi.spyOn(navigator.serviceWorker, "ready", "get").mockResolvedValue(registration);
}

test("a browser with push subscribes, and ends it", async () => {
  vi.stubGlobal("PushManager", class {});
  answering("granted");
  Object.assign(Notification, { permission: "granted" });
  const keys = { p256dh: "BPoint", auth: "secret" };
  const subscribe = vi.fn(() => Promise.resolve({ toJSON: () => ({ endpoint: "https://push.example/1", keys }) }));
  withPush(subscribe);
  const station = "/api/v1/stations/awaz/push-subscriptions";
  const requests = answeringServer({
    "GET /api/v1/push": { body: { public_key: "BKey" } },
    [`POST ${station}`]: { body: { id: "s1" } },
    [`DELETE ${station}/s1`]: { body: {} },
  });
  await mountNotify(false);
  await page.getByRole("button", { name: "Tell me when a show starts" }).click();
  await expect.element(byId("notify-state")).toHaveTextContent("You’ll get a notification when a show starts.");
  expect(subscribe).toHaveBeenCalledWith({ userVisibleOnly: true, applicationServerKey: "BKey" });
  expect(requests.at(-1)).toBe(
    `POST ${station} {"endpoint":"https://push.example/1","keys":{"p256dh":"BPoint","auth":"secret"},"language":"en"}`,
  );
  await expectAccessible();
  await page.getByRole("button", { name: "Stop notifications" }).click();
  await expect.poll(() => requests.at(-1)).toBe(`DELETE ${station}/s1`);
  await expect.element(byId("notify-state")).toHaveTextContent("");
});

test("a subscription for another key of the server is renewed", async () => {
  vi.stubGlobal("PushManager", class {});
  answering("granted");
  Object.assign(Notification, { permission: "granted" });
  localStorage.setItem("awaz.push", JSON.stringify({ awaz: "s1" }));
  const unsubscribe = vi.fn(() => Promise.resolve(true));
  const subscribe = vi.fn(() => Promise.resolve({ toJSON: () => ({ endpoint: "https://push.example/2" }) }));
  withPush(subscribe, { unsubscribe, options: { applicationServerKey: Uint8Array.of(255, 239, 190).buffer } });
  answeringServer({
    "GET /api/v1/push": { body: { public_key: "BKey" } },
    "POST /api/v1/stations/awaz/push-subscriptions": { body: { id: "s2" } },
  });
  await mountNotify(false);
  await page.getByRole("button", { name: "Tell me when a show starts" }).click();
  await expect.element(byId("notify-state")).toHaveTextContent("You’ll get a notification when a show starts.");
  expect(unsubscribe).toHaveBeenCalledOnce();
});

test("a push service that is out of reach is named as the reason", async () => {
  vi.stubGlobal("PushManager", class {});
  answering("granted");
  const subscribe = () => Promise.reject(new DOMException("Registration failed", "AbortError"));
  withPush(subscribe);
  answeringServer({ "GET /api/v1/push": { body: { public_key: "BKey" } } });
  await mountNotify(false);
  await byId("notify-me").click();
  await expect.element(page.getByText(/can’t reach its notification service/)).toBeVisible();
});
