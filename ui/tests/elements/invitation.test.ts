import { expect, test } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/account/invitation.ts";
import type { Invitation } from "../../src/features/account/invitation.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering, refused } from "./server.ts";

const OFFER = { station: "awaz", station_name: "Awaz", role: "host", made_by: "سارہ", state: "open" };
const land = (answer: { status?: number; body: object }) => {
  answering({ "POST /api/v1/invitations/preview": answer });
  return mount<Invitation>("awaz-invitation", { token: "t", signedIn: false });
};

test("an invitation says who invites to what, and as what", async () => {
  await land({ body: OFFER });
  await expect.element(page.getByRole("heading")).toMatchTextContent("سارہ invited you to Awaz");
  await expect.element(page.getByText("Your role: Host")).toBeVisible();
  await expect.element(page.getByRole("button", { name: "Create an account" })).toBeVisible();
  await expectAccessible();
});

test("an invitation that was used says so before anybody signs in", async () => {
  await land({ body: { ...OFFER, state: "accepted" } });
  await expect.element(page.getByRole("heading", { name: "This invitation can no longer be used" })).toBeVisible();
  expect(page.getByRole("button", { name: "Create an account" }).elements()).toEqual([]);
});

test("an invitation whose offer cannot be fetched can still be accepted", async () => {
  await land({ status: 503, body: refused("busy") });
  await expect.element(byId("invitation-landing")).toMatchTextContent("You’re invited to join a station");
  await expect.element(page.getByRole("button", { name: "Create an account" })).toBeVisible();
});
