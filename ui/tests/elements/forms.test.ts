import { beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import { LoginSession } from "../../src/client/login.ts";
import "../../src/components/metadata-form.ts";
import type { MetadataForm } from "../../src/components/metadata-form.ts";
import "../../src/components/sign-in.ts";
import type { SignIn } from "../../src/components/sign-in.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const tokens = { token: () => Promise.resolve("token"), invalidate: () => undefined };

/** Answers every request from now on, and records them. */
function answering(status: number, body: object) {
  return vi.spyOn(globalThis, "fetch").mockImplementation(() => Promise.resolve(Response.json(body, { status })));
}

const refused = (message: string) => ({ error: { code: "invalid_input", message, retryable: false } });

beforeEach(() => {
  vi.restoreAllMocks();
});

test("a title is sent without the fields that are empty, and the form is free for the next", async () => {
  const asked = answering(200, {});
  await mount<MetadataForm>("awaz-metadata-form", { slug: "awaz", session: tokens });
  await page.getByLabelText("Title").fill("  چراغ ");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Updated. Listeners see it now.");
  const [path, request] = asked.mock.calls[0] ?? [];
  expect([path, request?.method, request?.body]).toEqual([
    "/api/v1/stations/awaz/metadata",
    "POST",
    JSON.stringify({ title: "چراغ" }),
  ]);
  await expect.element(page.getByLabelText("Title")).toHaveValue("");
  await expectAccessible();
});

test("a refused title stays in the form, with the reason beside it", async () => {
  answering(400, refused("title: must not be empty"));
  await mount<MetadataForm>("awaz-metadata-form", { slug: "awaz", session: tokens });
  await page.getByLabelText("Title").fill("Lamp");
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Title: must not be empty.");
  await expect.element(page.getByLabelText("Title")).toHaveValue("Lamp");
});

test("an empty form is not sent", async () => {
  const asked = answering(200, {});
  await mount<MetadataForm>("awaz-metadata-form", { slug: "awaz", session: tokens });
  await page.getByRole("button", { name: "Update" }).click();
  await expect.element(byId("metadata-result")).toHaveTextContent("Fill in at least one field.");
  expect(asked).not.toHaveBeenCalled();
});

test("a wrong password is reported, and nobody is signed in", async () => {
  answering(401, refused("wrong username or password"));
  const handlers = { signedOut: () => undefined, signedIn: () => undefined };
  const form = await mount<SignIn>("awaz-sign-in", { session: new LoginSession({ store: undefined }, handlers) });
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
