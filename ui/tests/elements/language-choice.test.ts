import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/appearance/language-choice.ts";
import type { LanguageChoice } from "../../src/features/appearance/language-choice.ts";
import { chooseLanguage } from "../../src/app/language.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

afterEach(async () => {
  await chooseLanguage("en");
  localStorage.clear();
});

test("a language is chosen at a press", async () => {
  await mount<LanguageChoice>("awaz-language");
  await expect.element(byId("language-en")).toHaveAttribute("aria-pressed", "true");
  await expectAccessible();
  await byId("language-ur").click();
  await expect.element(byId("language-ur")).toHaveAttribute("aria-pressed", "true");
  expect(document.documentElement.dir).toBe("rtl");
});

test("a language that cannot be used says so", async () => {
  await mount<LanguageChoice>("awaz-language");
  const failing = vi.spyOn(HTMLElement.prototype, "lang", "set").mockImplementation(() => {
    throw new TypeError("offline");
  });
  await byId("language-ur").click();
  await expect.element(page.getByRole("alert")).toHaveTextContent("زبان لوڈ نہیں ہو سکی۔ دوبارہ کوشش کریں۔");
  failing.mockRestore();
});
