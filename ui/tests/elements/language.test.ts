import { afterEach, expect, test } from "vitest";
import { chooseLanguage, followLanguage, startLanguage } from "../../src/app/language.ts";
import { currentLanguage } from "../../src/i18n/locale.ts";
import "../../src/kit/live-badge.ts";
import type { LiveBadge } from "../../src/kit/live-badge.ts";
import "../../src/features/now-playing/listener-count.ts";
import type { ListenerCount } from "../../src/features/now-playing/listener-count.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";

afterEach(async () => {
  await chooseLanguage("en");
  localStorage.clear();
});

test("a chosen language changes what is on the page, its direction, and is remembered", async () => {
  await mount<LiveBadge>("awaz-live-badge", { onAir: "live", testId: "badge" });
  await expect.element(byId("badge")).toHaveTextContent("Live");
  await chooseLanguage("ur");
  await expect.element(byId("badge")).toHaveTextContent("لائیو");
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(["ur", "rtl"]);
  expect(localStorage.getItem("awaz.language")).toBe("ur");
  await expectAccessible();
});

test("a station's page has the station's language, until the listener chooses one", async () => {
  await startLanguage("ur");
  expect(document.documentElement.dir).toBe("rtl");
  await followLanguage("");
  expect(currentLanguage()).toBe("en");
  await followLanguage("sd");
  expect(currentLanguage()).toBe("en");
  await chooseLanguage("en");
  await followLanguage("ur");
  expect(currentLanguage()).toBe("en");
});

test("counts in Urdu have the digits that players show", async () => {
  await chooseLanguage("ur");
  const listeners = { count: 1234, peak: 2000, stale: false, asOf: undefined };
  const station = new TestStation({ ...fromSnapshot(snapshot()), listeners });
  await mount<ListenerCount>("awaz-listener-count", {}, { station });
  await expect.element(byId("listeners")).toHaveTextContent("1,234 سن رہے ہیں");
});
