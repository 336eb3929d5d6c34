import { expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import { AwazError } from "../../src/sdk/errors.ts";
import "../../src/kit/confirm.ts";
import type { Confirm } from "../../src/kit/confirm.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const remove = { label: "Remove", question: "Remove Sara from this station?", testId: "remove" };

test("nothing happens before the question is answered", async () => {
  const run = vi.fn(() => Promise.resolve());
  await mount<Confirm>("awaz-confirm", { ...remove, run });
  await byId("remove").click();
  await expect.element(page.getByRole("dialog", { name: "Remove Sara from this station?" })).toBeVisible();
  await expectAccessible();
  expect(run).not.toHaveBeenCalled();
});

test("Enter and Escape both leave everything as it is", async () => {
  const run = vi.fn(() => Promise.resolve());
  await mount<Confirm>("awaz-confirm", { ...remove, run });
  for (const key of ["{Enter}", "{Escape}"]) {
    await byId("remove").click();
    await userEvent.keyboard(key);
    await expect.element(byId("remove-dialog")).not.toBeVisible();
  }
  expect(run).not.toHaveBeenCalled();
});

test("a confirmed action closes the question", async () => {
  const run = vi.fn(() => Promise.resolve());
  await mount<Confirm>("awaz-confirm", { ...remove, run });
  await byId("remove").click();
  await byId("remove-confirm").click();
  await expect.element(byId("remove-dialog")).not.toBeVisible();
  expect(run).toHaveBeenCalledOnce();
});

test("a failed action keeps the question open and says why", async () => {
  const error = new AwazError({ code: "conflict", message: "Sara is the only owner.", retryable: false });
  await mount<Confirm>("awaz-confirm", { ...remove, run: () => Promise.reject(error) });
  await byId("remove").click();
  await byId("remove-confirm").click();
  await expect.element(page.getByRole("alert")).toHaveTextContent("Sara is the only owner.");
  await expect.element(byId("remove-dialog")).toBeVisible();
});
