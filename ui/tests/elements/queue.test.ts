import { afterEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/queue/queue.ts";
import type { Queue } from "../../src/features/queue/queue.ts";
import { fromSnapshot } from "../../src/sdk/state.ts";
import type { QueueItem, QueueView } from "../../src/wire/schema.ts";
import { snapshot } from "../fixtures.ts";
import { byId, expectAccessible, hasFocus, mount, TestStation } from "./mount.ts";
import { answering, refused } from "./server.ts";

afterEach(() => vi.restoreAllMocks());

const QUEUE = "/api/v1/stations/awaz/queue";

function item(id: string, more: Partial<QueueItem> = {}): QueueItem {
  const track = { id: `t-${id}`, title: `Song ${id}`, artist: "شام", duration_ms: 60_000 };
  return { id, track, starts_at: Date.now(), fixed: false, why: { kind: "autodj" }, ...more };
}

const view = (ids: string, version = 1): QueueView => ({
  version,
  applied: true,
  now: item("now", { fixed: true, why: { kind: "placed", by: "Sara" } }),
  items: [...ids].map((id) => item(id)),
});

const shown = () =>
  byId("queue-item")
    .elements()
    .map((row) => (row as HTMLElement).dataset["item"])
    .join("");

test("it shows what is on air and what follows, each with its reason", async () => {
  answering({ [`GET ${QUEUE}`]: { body: view("abc") } });
  await mount<Queue>("awaz-queue");
  await expect.element(byId("queue-now")).toMatchTextContent("Song now شام Placed by Sara");
  await expect.element(byId("queue-item").first()).toMatchTextContent("AutoDJ, never played before");
  expect(shown()).toBe("abc");
  await expectAccessible();
});

test("Alt and an arrow move an item, which is said and can be taken back", async () => {
  const answers = {
    [`GET ${QUEUE}`]: { body: view("abc") },
    [`PATCH ${QUEUE}/c`]: { body: view("acb", 2) },
  };
  const requests = answering(answers);
  await mount<Queue>("awaz-queue");
  const up = page.getByRole("button", { name: "Move up: Song c" });
  await expect.element(up).toBeInTheDocument();
  (up.element() as HTMLElement).focus();
  await userEvent.keyboard("{Alt>}{ArrowUp}{/Alt}");
  await expect.element(byId("done")).toMatchTextContent("Song c is now number 2.");
  expect(shown()).toBe("acb");
  await expect.poll(() => hasFocus(up)).toBe(true);
  answers[`PATCH ${QUEUE}/c`] = { body: view("abc", 3) };
  await byId("undo").click();
  await expect.element(byId("undo")).not.toBeInTheDocument();
  expect(shown()).toBe("abc");
  expect(requests.slice(1)).toEqual([`PATCH ${QUEUE}/c {"before":"b"}`, `PATCH ${QUEUE}/c {}`]);
});

test("a move that comes too late is where it was, with the reason", async () => {
  const problem = { status: 409, body: refused("it begins at this moment") };
  answering({ [`GET ${QUEUE}`]: { body: view("abc") }, [`PATCH ${QUEUE}/b`]: problem });
  await mount<Queue>("awaz-queue");
  await page.getByRole("button", { name: "Move up: Song b" }).click();
  await expect.element(byId("edit-problem")).toMatchTextContent("It begins at this moment.");
  expect(shown()).toBe("abc");
});

test("an item that was removed comes back where it was", async () => {
  const requests = answering({
    [`GET ${QUEUE}`]: { body: view("abc") },
    [`DELETE ${QUEUE}/b`]: { body: view("ac", 2) },
    [`POST ${QUEUE}`]: { body: view("adc", 3) },
  });
  await mount<Queue>("awaz-queue");
  await page.getByRole("button", { name: "Remove: Song b" }).click();
  await expect.element(byId("done")).toMatchTextContent("Song b was removed from the queue.");
  expect(shown()).toBe("ac");
  await byId("undo").click();
  await expect.element(byId("undo")).not.toBeInTheDocument();
  expect(shown()).toBe("adc");
  expect(requests.at(-1)).toBe(`POST ${QUEUE} {"track_id":"t-b","place":"c"}`);
});

test("a row that is moved twice before the server answers has moved by two", async () => {
  const answers = { [`GET ${QUEUE}`]: { body: view("abc") }, [`PATCH ${QUEUE}/c`]: { body: view("acb", 2) } };
  const requests = answering(answers);
  await mount<Queue>("awaz-queue");
  const up = page.getByRole("button", { name: "Move up: Song c" });
  await expect.element(up).toBeInTheDocument();
  const button = up.element() as HTMLElement;
  button.click();
  button.click();
  await expect
    .poll(() => requests.slice(1))
    .toEqual([`PATCH ${QUEUE}/c {"before":"b"}`, `PATCH ${QUEUE}/c {"before":"a"}`]);
});

test("what another owner changes is there at once", async () => {
  const answers = { [`GET ${QUEUE}`]: { body: view("abc") } };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<Queue>("awaz-queue", {}, { station });
  await expect.poll(shown).toBe("abc");
  answers[`GET ${QUEUE}`] = { body: view("cab", 2) };
  station.set({ ...state, changedAt: { ...state.changedAt, queue: Date.now() } });
  await expect.poll(shown).toBe("cab");
});

test("a moved row does not go back when the order before the move is fetched meanwhile", async () => {
  let answer = () => undefined as unknown;
  const after = new Promise((resolve) => (answer = () => resolve(undefined)));
  const answers = {
    [`GET ${QUEUE}`]: { body: view("abc") },
    [`PATCH ${QUEUE}/c`]: { body: view("acb", 3), after },
  };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<Queue>("awaz-queue", {}, { station });
  await page.getByRole("button", { name: "Move up: Song c" }).click();
  await expect.poll(shown).toBe("acb");
  answers[`GET ${QUEUE}`] = { body: view("abc", 2) };
  station.set({ ...state, changedAt: { ...state.changedAt, queue: Date.now() } });
  await expect.element(byId("queue")).toHaveAttribute("data-version", "2");
  expect(shown()).toBe("acb");
  answer();
  await expect.element(byId("done")).toMatchTextContent("Song c is now number 2.");
  expect(shown()).toBe("acb");
});

test("without music it says what to do, and while a host is live, when it goes on", async () => {
  const answers = { [`GET ${QUEUE}`]: { body: { version: 1, applied: true, items: [] } as QueueView } };
  answering(answers);
  const state = fromSnapshot(snapshot());
  const station = new TestStation(state);
  await mount<Queue>("awaz-queue", {}, { station });
  await expect.element(byId("queue-idle")).toMatchTextContent("Upload some to the library.");
  station.set({ ...state, onAir: "live" });
  await expect.element(byId("queue-idle")).toMatchTextContent("A host is live.");
});
