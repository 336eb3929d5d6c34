import { beforeEach, expect, test, vi } from "vitest";
import "../../src/features/likes/like.ts";
import type { Like } from "../../src/features/likes/like.ts";
import { AwazError } from "../../src/sdk/errors.ts";
import { fromSnapshot, withLikes } from "../../src/sdk/state.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, mount, TestStation } from "./mount.ts";

beforeEach(() => localStorage.clear());

test("a heart is pressed and taken back, and is remembered here", async () => {
  const like = vi.fn(() => Promise.resolve());
  const station = new TestStation(withLikes(fromSnapshot(snapshot()), "p1", 37));
  await mount<Like>("awaz-like", { play: "p1", name: "Chirag" }, { station, like });
  const heart = byId("like");
  await expect.element(heart).toHaveAccessibleName("Like Chirag: 37");
  await heart.click();
  await expect.element(heart).toHaveAttribute("aria-pressed", "true");
  expect(like).toHaveBeenLastCalledWith({ kind: "play", id: "p1" }, true);
  const again = await mount<Like>("awaz-like", { play: "p1", name: "Chirag" }, { station, like });
  expect(again.shadowRoot!.querySelector("button")!.ariaPressed).toBe("true");
  again.remove();
  await heart.click();
  await expect.element(heart).toHaveAttribute("aria-pressed", "false");
  expect(like).toHaveBeenLastCalledWith({ kind: "play", id: "p1" }, false);
  await expectAccessible();
});

test("a like that the server refused is none, and says why", async () => {
  const refused = new AwazError({ code: "too_fast", message: "too many", retryable: true });
  await mount<Like>("awaz-like", { play: "p1", name: "Chirag" }, { like: () => Promise.reject(refused) });
  await byId("like").click();
  await expect.element(byId("like")).toHaveAttribute("title", "Too many.");
  await expect.element(byId("like")).toHaveAttribute("aria-pressed", "false");
});

test("where nobody can like, the number alone is shown", async () => {
  const station = new TestStation(withLikes(fromSnapshot(snapshot()), "p1", 4));
  const element = await mount<Like>("awaz-like", { play: "p1", name: "Chirag" }, { station });
  expect(element.shadowRoot!.textContent).toContain("4");
  await expect.element(byId("like")).not.toBeInTheDocument();
});
