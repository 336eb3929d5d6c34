import { beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/titles/metadata-form.ts";
import type { MetadataForm } from "../../src/features/titles/metadata-form.ts";
import "../../src/features/account/sign-in.ts";
import type { SignIn } from "../../src/features/account/sign-in.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering, refused } from "./server.ts";

const METADATA = "POST /api/v1/stations/awaz/metadata";

beforeEach(() => {
  vi.restoreAllMocks();
});

test("a title is sent without the fields that are empty, and the form is free for the next", async () => {
  const requests = answering({ [METADATA]: { body: {} } });
  await mount<MetadataForm>("awaz-metadata-form");
  await page.getByLabelText("Title").fill("  چراغ ");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated. Listeners see it now.");
  expect(requests).toEqual([`${METADATA} {"title":"چراغ"}`]);
  await expect.element(page.getByLabelText("Title")).toHaveValue("");
  await expectAccessible();
});

test("a refused title stays in the form, with the reason beside it", async () => {
  answering({ [METADATA]: { status: 400, body: refused("title: must not be empty") } });
  await mount<MetadataForm>("awaz-metadata-form");
  await page.getByLabelText("Title").fill("Lamp");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Title: must not be empty.");
  await expect.element(page.getByLabelText("Title")).toHaveValue("Lamp");
});

test("an empty form is not sent", async () => {
  const requests = answering({ [METADATA]: { body: {} } });
  await mount<MetadataForm>("awaz-metadata-form");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Fill in at least one field.");
  expect(requests).toEqual([]);
});

test("a wrong password is reported, and nobody is signed in", async () => {
  answering({ "POST /api/v1/auth/login": { status: 401, body: refused("wrong username or password") } });
  const form = await mount<SignIn>("awaz-sign-in");
  const signedIn = vi.fn();
  form.addEventListener("signed-in", signedIn);
  await page.getByLabelText("Username").fill("sara");
  await page.getByLabelText("Password").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect.element(byId("sign-in-problem")).toHaveTextContent("Wrong username or password.");
  expect(signedIn).not.toHaveBeenCalled();
  await expectAccessible();
});

test("a password is shown on demand", async () => {
  await mount<SignIn>("awaz-sign-in");
  await page.getByRole("button", { name: "Show" }).click();
  await expect.element(page.getByLabelText("Password")).toHaveAttribute("type", "text");
  await page.getByRole("button", { name: "Hide" }).click();
  await expect.element(page.getByLabelText("Password")).toHaveAttribute("type", "password");
});
