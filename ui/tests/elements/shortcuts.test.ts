import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/shortcuts/shortcuts.ts";
import type { Shortcuts } from "../../src/features/shortcuts/shortcuts.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

afterEach(() => localStorage.clear());

test("keys do what they are for, except where somebody types", async () => {
  const run = vi.fn(() => true);
  await mount<Shortcuts>("awaz-shortcuts", { run });
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  await userEvent.keyboard(" m");
  expect(run).not.toHaveBeenCalled();
  field.remove();
  await userEvent.keyboard(" m");
  expect(run.mock.calls).toEqual([["toggle"], ["mute"]]);
});

test("a question mark lists them", async () => {
  await mount<Shortcuts>("awaz-shortcuts", { run: () => true });
  await userEvent.keyboard("?");
  await expect.element(byId("shortcuts-dialog")).toBeVisible();
  await expect.element(page.getByText("Play or pause")).toBeVisible();
  await expectAccessible();
  await page.getByRole("button", { name: "Close" }).click();
  await expect.element(byId("shortcuts-dialog")).not.toBeVisible();
});

test("letters that were switched off stay so", async () => {
  const run = vi.fn(() => true);
  await mount<Shortcuts>("awaz-shortcuts", { run });
  await byId("shortcuts").click();
  await byId("letters").click();
  await page.getByRole("button", { name: "Close" }).click();
  await userEvent.keyboard("m");
  expect(run).not.toHaveBeenCalled();
  const next = await mount<Shortcuts>("awaz-shortcuts", { run });
  expect(next.letters).toBe(false);
});
