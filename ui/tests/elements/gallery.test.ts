import { expect, test } from "vitest";
import { page } from "vitest/browser";
import "../../src/pages/gallery.ts";
import type { Gallery } from "../../src/pages/gallery.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

test("the gallery shows the parts, and they are accessible", async () => {
  await mount<Gallery>("awaz-gallery");
  await expect.element(page.getByRole("heading", { level: 1, name: "Kit" })).toBeVisible();
  await expectAccessible();
});

test("an action that fails in the gallery says so in its dialog", async () => {
  await mount<Gallery>("awaz-gallery");
  await byId("fails").click();
  await byId("fails-confirm").click();
  await expect.element(byId("fails-dialog").getByRole("alert")).toBeVisible();
});
