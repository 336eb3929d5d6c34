import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveClient } from "../src/client/live.ts";
import { FakeSocket } from "./fake-socket.ts";
import { snapshot } from "./samples.ts";

const tokens = { token: async () => "t1", refused: () => undefined };
/** To a join and to a heartbeat. */
const yes = { ok: true, recovered: false, missed: [], snapshot: snapshot(), server_time: 0, seqs: {} };
const banned = { code: "banned", message: "you were sent away", retryable: false };

let socket: FakeSocket;
let live: LiveClient;
let roles: number;

beforeEach(async () => {
  vi.useFakeTimers();
  roles = 0;
  live = new LiveClient({
    tokens,
    watch: false,
    roles: () => (roles += 1),
    makeSocket: (token) => (socket = new FakeSocket(token)).bare,
  });
  live.follow("awaz");
  live.start();
  await vi.advanceTimersByTimeAsync(0);
  socket.answer = yes;
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function letIn(): Promise<void> {
  socket.letIn();
  await vi.advanceTimersByTimeAsync(0);
}

test("whoever is sent away is told why until allowed again", async () => {
  await letIn();
  socket.say("auth:ended", banned);
  socket.disconnect();
  expect(live.view.sentAway).toBe("you were sent away");
  await letIn();
  expect(live.view.sentAway).toBeUndefined();
});

test("a station that may not be joined is closed until it may", async () => {
  socket.answer = { ok: false, error: banned };
  await letIn();
  expect(live.view.closed.get("awaz")).toBe("you were sent away");
  socket.answer = yes;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(live.view.closed.has("awaz")).toBe(false);
  expect(live.view.stations.has("awaz")).toBe(true);
});

test("the page hears when roles change", async () => {
  await letIn();
  socket.say("auth:roles", { role: "user", stations: { awaz: "host" } });
  expect(roles).toBe(1);
});
