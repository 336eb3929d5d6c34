import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AwazClient } from "../src/sdk/client.ts";
import type { Station } from "../src/sdk/station.ts";
import { FakeSocket } from "./fake-socket.ts";
import { message, missed, snapshot } from "./fixtures.ts";

const getToken = () => Promise.resolve("t1");
/** A valid answer to joins and heartbeats. */
const OK = { ok: true, recovered: false, missed: [], snapshot: snapshot(), server_time: 0, seqs: {}, chat_seqs: {} };
const BANNED = { code: "banned", message: "you are banned", retryable: false };

let socket: FakeSocket;
let client: AwazClient;
let station: Station;
let leave: () => void;

beforeEach(async () => {
  vi.useFakeTimers();
  client = new AwazClient({
    getToken,
    watchDirectory: false,
    createSocket: (token) => (socket = new FakeSocket(token)).asSocket,
  });
  station = client.station("awaz");
  leave = station.subscribe(() => undefined);
  client.connect();
  await vi.advanceTimersByTimeAsync(0);
  socket.ack = OK;
});

afterEach(() => {
  client.close();
  vi.useRealTimers();
});

async function connect(): Promise<void> {
  socket.accept();
  await vi.advanceTimersByTimeAsync(0);
}

const requests = () => socket.requests.map(({ event }) => event);

test("a client tells in which state it is, and when it tries again", async () => {
  const states: string[] = [client.status.state];
  client.on("state", ({ state }) => states.push(state));
  await connect();
  socket.disconnect();
  expect(client.status.retryAt).toBeGreaterThanOrEqual(Date.now());
  await vi.advanceTimersByTimeAsync(1_000);
  await connect();
  client.close();
  expect(states).toEqual(["connecting", "connected", "waiting", "connecting", "connected", "closed"]);
});

test("a banned user is refused until they can connect again", async () => {
  await connect();
  socket.receive("auth:ended", BANNED);
  socket.disconnect();
  expect([client.status.state, client.status.problem?.message]).toEqual(["refused", "you are banned"]);
  await vi.advanceTimersByTimeAsync(62_000);
  expect(client.status.state).toBe("refused");
  await connect();
  expect(client.status).toEqual({ state: "connected", failures: 0 });
});

test("a station has the reason for a ban from it until the user can join again", async () => {
  socket.ack = { ok: false, error: BANNED };
  await connect();
  expect(station.problem?.message).toBe("you are banned");
  socket.ack = OK;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(station.problem).toBeUndefined();
  expect(station.state?.slug).toBe("awaz");
});

test("changed roles are reported", async () => {
  const onRoles = vi.fn();
  client.on("roles", onRoles);
  await connect();
  socket.receive("auth:roles", { role: "user", stations: { awaz: "host" } });
  expect(onRoles).toHaveBeenCalledOnce();
});

test("a station is the same for everybody, and joined until nobody listens to it", async () => {
  await connect();
  const end = client.station("awaz").on("stream:listeners", () => undefined);
  leave();
  await vi.advanceTimersByTimeAsync(0);
  expect(requests().filter((event) => event === "stream:join")).toHaveLength(1);
  expect(requests()).not.toContain("stream:leave");
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(requests().at(-1)).toBe("stream:leave");
  expect(station.state).toBeUndefined();
});

test("an event comes after the state that it has changed", async () => {
  await connect();
  const seen: unknown[] = [];
  station.on("stream:listeners", ({ listeners }) => seen.push([listeners, station.state?.listeners.count]));
  const { event, data } = message("stream:listeners", 7, { listeners: 9, peak: 9, sockets: 1, stale: false });
  socket.receive(event, data);
  expect(seen).toEqual([[9, 9]]);
});

test("a station says what an interruption has cost", async () => {
  await connect();
  const recoveries: unknown[] = [];
  station.on("recovered", (recovery) => recoveries.push(recovery));
  socket.disconnect();
  await vi.advanceTimersByTimeAsync(1_000);
  socket.ack = { ...OK, recovered: true, missed: [missed("Song", 8)], snapshot: snapshot({ seq: 8 }) };
  await connect();
  expect(recoveries).toEqual([{ missed: 1, complete: true }]);
});

test("a station that is removed has no state any more", async () => {
  await connect();
  expect(station.state).toBeDefined();
  socket.ack = { ok: false, error: { code: "not_found", message: "no such station", retryable: false } };
  socket.disconnect();
  await vi.advanceTimersByTimeAsync(1_000);
  await connect();
  expect([station.state, station.problem?.code]).toEqual([undefined, "not_found"]);
});

test("a station that the directory drops is joined again, and found to be gone", async () => {
  await connect();
  socket.ack = { ok: false, error: { code: "not_found", message: "no such station", retryable: false } };
  socket.receive("platform:digest", { stations: [], removed: ["awaz"] });
  await vi.advanceTimersByTimeAsync(1_500);
  expect([station.state, station.problem?.code]).toEqual([undefined, "not_found"]);
});

test("the directory is asked for again while the server is busy", async () => {
  const watching = new AwazClient({
    getToken,
    createSocket: (token) => (socket = new FakeSocket(token)).asSocket,
  });
  watching.connect();
  await vi.advanceTimersByTimeAsync(0);
  socket.ack = { ok: false, error: { code: "busy", message: "busy", retryable: true, retry_after: 2 } };
  await connect();
  socket.ack = { ...OK, stations: [] };
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watching.directory).toEqual([]);
  watching.close();
});

test("a station that the page came with is known before there is a connection, and joined where it was", async () => {
  const known = snapshot({ seq: 41, epoch: "e9", server_time: Date.now() + 5_000 });
  const page = new AwazClient({
    getToken,
    watchDirectory: false,
    snapshot: known,
    createSocket: (token) => (socket = new FakeSocket(token)).asSocket,
  });
  expect(page.station("awaz").state?.station.name).toBe("Awaz");
  expect(page.clock.now()).toBe(known.server_time);
  page.station("awaz").subscribe(() => undefined);
  page.connect();
  await vi.advanceTimersByTimeAsync(0);
  socket.ack = OK;
  await connect();
  const join = socket.requests.find(({ event }) => event === "stream:join");
  expect(join?.body).toEqual({ station: "awaz", epoch: "e9", last_seq: 41 });
  page.close();
});
