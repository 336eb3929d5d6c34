import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LiveClient } from "../src/sdk/live.ts";
import { FakeSocket } from "./fake-socket.ts";
import { snapshot } from "./fixtures.ts";

const tokens = { token: () => Promise.resolve("t1"), invalidate: () => undefined };
/** A valid answer to joins and heartbeats. */
const OK = { ok: true, recovered: false, missed: [], snapshot: snapshot(), server_time: 0, seqs: {} };
const BANNED = { code: "banned", message: "you are banned", retryable: false };

let socket: FakeSocket;
let live: LiveClient;
let roleChanges: number;

beforeEach(async () => {
  vi.useFakeTimers();
  roleChanges = 0;
  live = new LiveClient({
    tokens,
    watchDirectory: false,
    onRolesChanged: () => (roleChanges += 1),
    createSocket: (token) => (socket = new FakeSocket(token)).asSocket,
  });
  live.follow("awaz");
  live.start();
  await vi.advanceTimersByTimeAsync(0);
  socket.ack = OK;
});

afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

async function connect(): Promise<void> {
  socket.accept();
  await vi.advanceTimersByTimeAsync(0);
}

test("the view contains the reason for a ban until the user can connect again", async () => {
  await connect();
  socket.receive("auth:ended", BANNED);
  socket.disconnect();
  expect(live.view.ban).toBe("you are banned");
  await connect();
  expect(live.view.ban).toBeUndefined();
});

test("the view contains the reason for a station ban until the user can join again", async () => {
  socket.ack = { ok: false, error: BANNED };
  await connect();
  expect(live.view.stationBans.get("awaz")).toBe("you are banned");
  socket.ack = OK;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(live.view.stationBans.has("awaz")).toBe(false);
  expect(live.view.stations.has("awaz")).toBe(true);
});

test("changed roles are reported to the page", async () => {
  await connect();
  socket.receive("auth:roles", { role: "user", stations: { awaz: "host" } });
  expect(roleChanges).toBe(1);
});

test("a station that the page came with is shown before there is a connection, and joined where it was", async () => {
  const known = snapshot({ seq: 41, epoch: "e9", server_time: Date.now() + 5_000 });
  const page = new LiveClient({
    tokens,
    watchDirectory: false,
    snapshots: [known],
    createSocket: (token) => (socket = new FakeSocket(token)).asSocket,
  });
  expect(page.view.stations.get("awaz")?.station.name).toBe("Awaz");
  expect(page.clock.now()).toBe(known.server_time);
  page.follow("awaz");
  page.start();
  await vi.advanceTimersByTimeAsync(0);
  socket.ack = OK;
  await connect();
  const join = socket.requests.find(({ event }) => event === "stream:join");
  expect(join?.body).toEqual({ station: "awaz", epoch: "e9", last_seq: 41 });
  page.stop();
});
