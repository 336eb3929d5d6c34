import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/components/player.ts";
import type { Player } from "../../src/components/player.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const station = { slug: "awaz", name: "Awaz", onAir: true, url: "/nothing-here.mp3" };
const toggle = () => page.getByRole("button", { name: /^(Play|Pause) Awaz$/ });

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  localStorage.clear();
});

test("a player waits for the listener", async () => {
  await mount<Player>("awaz-player", station);
  await expect.element(byId("player")).toHaveAttribute("data-state", "stopped");
  await expect.element(page.getByText("Press play to listen")).toBeVisible();
  await expectAccessible();
});

test("play opens the stream at once, and pause lets go of it", async () => {
  const opened = vi.spyOn(HTMLMediaElement.prototype, "src", "set").mockImplementation(() => undefined);
  const released = vi.spyOn(HTMLMediaElement.prototype, "load");
  await mount<Player>("awaz-player", station);
  await toggle().click();
  expect(opened).toHaveBeenCalledWith(expect.stringMatching(/^\/nothing-here\.mp3/));
  await expect.element(page.getByRole("button", { name: "Pause Awaz" })).toBeVisible();
  expect(released).not.toHaveBeenCalled();
  await toggle().click();
  expect(released).toHaveBeenCalledOnce();
});

test("the space bar plays, except where somebody types", async () => {
  const player = await mount<Player>("awaz-player", station);
  const field = document.createElement("input");
  document.body.append(field);
  field.focus();
  await userEvent.keyboard(" ");
  expect(player.isActive).toBe(false);
  field.remove();
  await userEvent.keyboard(" ");
  expect(player.isActive).toBe(true);
});

test("a stream that does not start is tried again, and the listener is told", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await mount<Player>("awaz-player", station);
  await toggle().click();
  await vi.advanceTimersByTimeAsync(60_000);
  await expect.element(page.getByText("The stream stopped. Trying again…")).toBeVisible();
});

test("the volume is kept for the next visit", async () => {
  await mount<Player>("awaz-player", station);
  await page.getByRole("slider", { name: "Volume" }).fill("35");
  const next = await mount<Player>("awaz-player", station);
  expect(next.volume).toBe(0.35);
});

test("without an address there is nothing to press", async () => {
  await mount<Player>("awaz-player", { ...station, url: "" });
  await expect.element(toggle()).toBeDisabled();
});
