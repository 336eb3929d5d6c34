import { afterEach, expect, test, vi } from "vitest";
import { chooseTheme, currentTheme, followTheme, startTheme } from "../../src/app/theme.ts";
import "./mount.ts";

const background = () => getComputedStyle(document.body).backgroundColor;
const [LIGHT, DARK] = ["rgb(250, 246, 238)", "rgb(11, 13, 28)"];

afterEach(() => {
  chooseTheme("system");
  localStorage.clear();
});

test("a chosen theme colours the page, and is remembered", () => {
  chooseTheme("dark");
  expect([background(), localStorage.getItem("awaz.theme")]).toEqual([DARK, "dark"]);
  chooseTheme("light");
  expect(background()).toBe(LIGHT);
  delete document.documentElement.dataset["theme"];
  startTheme();
  expect(currentTheme()).toBe("light");
});

test("what depends on the theme is told of every change", () => {
  const listener = vi.fn<(isDark: boolean) => void>();
  followTheme(listener);
  chooseTheme("dark");
  chooseTheme("light");
  expect(listener.mock.calls.slice(1)).toEqual([[true], [false]]);
});

test("an unknown theme is the system's", () => {
  chooseTheme("sepia");
  expect(currentTheme()).toBe("system");
});

test("the colour of the browser's bar follows the choice", () => {
  const meta = document.createElement("meta");
  meta.name = "theme-color";
  meta.media = "(prefers-color-scheme: dark)";
  document.head.append(meta);
  chooseTheme("dark");
  expect(meta.media).toBe("all");
  chooseTheme("light");
  expect(meta.media).toBe("not all");
  chooseTheme("system");
  expect(meta.media).toBe("(prefers-color-scheme: dark)");
  meta.remove();
});
