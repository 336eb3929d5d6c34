import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/share/share.ts";
import type { Share } from "../../src/features/share/share.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const mountShare = () => mount<Share>("awaz-share", { slug: "awaz", name: "Awaz" });
const address = () => new URL("/s/awaz", location.href).href;

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test("the link of the station is copied, and that is said", async () => {
  const copied = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
  await mountShare();
  await byId("copy-link").click();
  expect(copied).toHaveBeenCalledWith(address());
  await expect.element(page.getByRole("button", { name: "Link copied" })).toBeVisible();
  await expectAccessible();
});

test("a link that cannot be copied is shown", async () => {
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));
  vi.spyOn(document, "execCommand").mockReturnValue(false);
  await mountShare();
  await byId("copy-link").click();
  await expect.element(page.getByText(address())).toBeVisible();
});

test("playlists for players are at the station's address", async () => {
  await mountShare();
  await expect.element(page.getByRole("link", { name: "M3U" })).toHaveAttribute("href", "/s/awaz.m3u");
  await expect.element(page.getByRole("link", { name: "PLS" })).toHaveAttribute("href", "/s/awaz.pls");
});

test("a QR code of the link is shown on request", async () => {
  await mountShare();
  await byId("qr").click();
  await expect.element(page.getByRole("img", { name: "QR code" })).toBeVisible();
  await expect.element(page.getByRole("heading", { name: "Listen to Awaz" })).toBeVisible();
  await expectAccessible();
});

test("the system's sheet gets the name and the link, where there is one", async () => {
  const share = vi.fn<typeof navigator.share>().mockResolvedValue();
  Object.defineProperty(navigator, "share", { value: share, configurable: true });
  await mountShare();
  await page.getByRole("button", { name: "Share" }).click();
  expect(share).toHaveBeenCalledWith({ title: "Awaz", url: address() });
  Reflect.deleteProperty(navigator, "share");
});
