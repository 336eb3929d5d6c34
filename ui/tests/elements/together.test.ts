import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { page } from "vitest/browser";
import "../../src/features/together/together.ts";
import type { ListenTogether } from "../../src/features/together/together.ts";
import { AwazError } from "../../src/sdk/errors.ts";
import { Together } from "../../src/sdk/together.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

const KEY = "a-room-of-friends";
const MEMBERS = [
  { id: "guest:1", name: "Sara", mode: "synced", error_ms: 3.2 },
  { id: "guest:2", name: "علی", mode: "approximate" },
  { id: "guest:3", name: "Zoe", mode: "starting" },
] as const;

const setHash = (hash: string) => history.replaceState(null, "", location.pathname + location.search + hash);

beforeEach(() => setHash(""));
afterEach(() => {
  setHash("");
  vi.restoreAllMocks();
});

const sent: [string, object][] = [];
const leaveOtherRooms = vi.fn();
let panel: ListenTogether;

const show = async (answers: (object | Error)[] = []) => {
  sent.length = 0;
  const request = (name: string, body: object) => {
    sent.push([name, body]);
    const answer = answers.shift() ?? { members: [MEMBERS[0]] };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const together = new Together("awaz", { request: request as never, leaveOtherRooms }, (end) => end);
  panel = await mount<ListenTogether>("awaz-together", { together, userId: "guest:1" });
  return together;
};

test("a press makes a room, whose key is in the address alone", async () => {
  await show();
  await byId("together-begin").click();
  await expect.element(byId("together")).toBeVisible();
  const key = /^#together=([\w-]{20})$/.exec(location.hash)?.[1];
  expect(sent).toEqual([["together:join", { station: "awaz", room: key }]]);
  await expectAccessible();
});

test("a page that is opened by the link is in the room at once, and sees who else is", async () => {
  setHash(`#together=${KEY}`);
  const together = await show();
  together.take({ station: "awaz", members: [...MEMBERS] });
  expect(sent[0]).toEqual(["together:join", { station: "awaz", room: KEY }]);
  await expect.element(page.getByText("Sara (you)")).toBeVisible();
  await expect.element(page.getByText("In sync ±4 ms")).toBeVisible();
  await expect.element(page.getByText("Approximate")).toBeVisible();
  await expect.element(page.getByText("Not playing")).toBeVisible();
});

test("a link that is opened in a tab with the station already is followed, and other rooms are left", async () => {
  await show();
  location.hash = `#together=${KEY}`;
  await expect.poll(() => sent[0]).toEqual(["together:join", { station: "awaz", room: KEY }]);
  expect(leaveOtherRooms).toHaveBeenCalled();
});

test("who comes back to the page is still in the room, has its link, and is shown no old mark", async () => {
  setHash(`#together=${KEY}`);
  const together = await show();
  together.take({ station: "awaz", by: "Sara", at: 1 });
  await expect.element(byId("together-marker")).toMatchTextContent("Sara");
  panel.remove();
  setHash("");
  await mount<ListenTogether>("awaz-together", { together, userId: "guest:1" });
  await expect.element(byId("together")).toBeVisible();
  expect(location.hash).toBe(`#together=${KEY}`);
  await expect.element(byId("together-marker")).toHaveTextContent("");
});

test("a moment that somebody marks is shown, and goes by", async () => {
  setHash(`#together=${KEY}`);
  const together = await show();
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  await byId("together-mark").click();
  expect(sent.at(-1)).toEqual(["together:mark", { station: "awaz", room: KEY }]);
  together.take({ station: "awaz", by: "علی", at: 5 });
  await expect.element(byId("together-marker")).toMatchTextContent("علی: now!");
  await vi.advanceTimersByTimeAsync(4_000);
  vi.useRealTimers();
  await expect.element(byId("together-marker")).toHaveTextContent("");
});

test("the room is entered again after each interruption, and not after it was left", async () => {
  setHash(`#together=${KEY}`);
  const together = await show();
  together.joined();
  await byId("together-leave").click();
  await expect.poll(() => panel.shadowRoot?.activeElement).toBe(byId("together-begin").element());
  together.joined();
  expect(sent.map(([name]) => name)).toEqual(["together:join", "together:join", "together:leave"]);
  expect(location.hash).toBe("");
});

test("a room that is full is said to be", async () => {
  setHash(`#together=${KEY}`);
  await show([new AwazError({ code: "conflict", message: "the room is full", retryable: false })]);
  await expect.element(page.getByRole("alert")).toBeVisible();
});
