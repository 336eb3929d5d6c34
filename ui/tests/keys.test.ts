import { expect, test } from "vitest";
import { shortcutOf } from "../src/features/shortcuts/keys.ts";

const key = (changes: Partial<KeyboardEvent> = {}) => ({
  key: "x",
  code: "",
  repeat: false,
  isComposing: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  defaultPrevented: false,
  ...changes,
});
/** Somewhere in an element that matches one of the selectors. */
const inside = (...names: string[]) =>
  ({ closest: (selectors: string) => (names.some((name) => selectors.includes(name)) ? {} : null) }) as Element;

test.each([
  ["the space bar", { key: " ", code: "Space" }, "toggle"],
  ["K", { key: "k", code: "KeyK" }, "toggle"],
  ["M", { key: "m", code: "KeyM" }, "mute"],
  ["S", { key: "s", code: "KeyS" }, "copy"],
  ["the key of K on an Urdu keyboard", { key: "ک", code: "KeyK" }, "toggle"],
  ["a question mark", { key: "?", code: "Slash", shiftKey: true }, "help"],
  ["a question mark of an Urdu keyboard", { key: "؟", code: "Slash", shiftKey: true }, "help"],
  ["any other letter", { key: "q", code: "KeyQ" }, undefined],
])("%s", (_name, pressed, expected) => {
  expect(shortcutOf(key(pressed), inside("body"), true)).toBe(expected);
});

test.each([
  ["held down", { repeat: true }],
  ["part of a word that is being composed", { isComposing: true }],
  ["with Control, a shortcut of the browser", { ctrlKey: true }],
  ["with Shift", { shiftKey: true }],
  ["used by something else", { defaultPrevented: true }],
])("a letter that is %s does nothing", (_name, changes) => {
  expect(shortcutOf(key({ key: "m", code: "KeyM", ...changes }), undefined, true)).toBeUndefined();
});

test("where somebody types, a letter is a letter", () => {
  expect(shortcutOf(key({ key: "m", code: "KeyM" }), inside("input"), true)).toBeUndefined();
});

test("on a button the space bar presses it, and letters work", () => {
  expect(shortcutOf(key({ key: " " }), inside("button"), true)).toBeUndefined();
  expect(shortcutOf(key({ key: "m", code: "KeyM" }), inside("button"), true)).toBe("mute");
});

test("letters can be switched off, and the space bar cannot", () => {
  expect(shortcutOf(key({ key: "m", code: "KeyM" }), undefined, false)).toBeUndefined();
  expect(shortcutOf(key({ key: "?" }), undefined, false)).toBeUndefined();
  expect(shortcutOf(key({ key: " " }), undefined, false)).toBe("toggle");
});
