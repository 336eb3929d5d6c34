import { afterEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/desk/in-sync.ts";
import type { ListenersInSync } from "../../src/wire/schema.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering } from "./server.ts";

afterEach(() => vi.restoreAllMocks());

const show = async (listeners: ListenersInSync) => {
  answering({ "GET /api/v1/stations/awaz/sync": { body: listeners } });
  await mount("awaz-in-sync");
};

test("a host sees how many hear the same moment, how exactly, and how late", async () => {
  await show({
    pages: 14,
    synced: 12,
    approximate: 2,
    error_ms: { p50: 3, p95: 8.4, max: 20 },
    latency_ms: { p50: 3040, p95: 4700, max: 9000 },
    heard_after_ms: 4120,
  });
  const text = byId("in-sync");
  await expect.element(text).toMatchTextContent("12 of 14");
  await expect.element(text).toMatchTextContent("8 ms");
  await expect.element(text).toMatchTextContent("3 to 4.7 seconds");
  await expect.element(byId("heard-after")).toHaveTextContent("You are heard about 4.1 seconds after you speak.");
  await expectAccessible();
});

test("where nobody listens on a page, it says so", async () => {
  await show({ pages: 0, synced: 0, approximate: 0 });
  await expect.element(page.getByText("Nobody is listening on a page right now.")).toBeVisible();
});
