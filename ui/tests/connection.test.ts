import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection } from "../src/client/connection.ts";
import { Refusal } from "../src/client/refusal.ts";
import type { TokenSource } from "../src/client/session.ts";
import { FakeSocket } from "./fake-socket.ts";

/** Tokens t1, t2, …: the next one whenever the last was refused. */
class Numbered implements TokenSource {
  number = 1;
  trouble: Error | undefined;

  async token(): Promise<string> {
    return this.trouble ? Promise.reject(this.trouble) : `t${this.number}`;
  }

  refused(token: string): void {
    this.number += Number(token === `t${this.number}`);
  }
}

let socket: FakeSocket;
let tokens: Numbered;
let told: string[];
let connection: Connection;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  tokens = new Numbered();
  told = [];
  const handlers = {
    up: () => told.push("up"),
    down: () => told.push("down"),
    sentAway: (sentence: string) => told.push(sentence),
    message: ({ event }: { event: string }) => told.push(event),
  };
  connection = new Connection(tokens, handlers, (token) => (socket = new FakeSocket(token)).bare);
  connection.start();
  await pass(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
const banned = { code: "banned", message: "you were sent away", retryable: false };

test("a token that has run out is replaced without a new connection", async () => {
  socket.letIn();
  socket.say("auth:expired", { closes_in_ms: 60_000 });
  await pass(0);
  expect(socket.asked).toEqual([{ event: "auth:refresh", body: { token: "t2" } }]);
  expect([socket.connected, socket.handshakes]).toEqual([true, ["t1"]]);
});

test("only when the server does not take the new token either, there is a new connection", async () => {
  socket.letIn();
  socket.answer = { ok: false, error: { code: "forbidden", message: "no", retryable: false } };
  socket.say("auth:expired", { closes_in_ms: 60_000 });
  await pass(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
});

test("somebody who is sent away is told why, and comes back once a minute at most, in no hurry", async () => {
  socket.letIn();
  socket.say("auth:ended", banned);
  socket.disconnect();
  expect(told).toEqual(["up", "you were sent away", "down"]);
  await pass(59_000);
  connection.hurry();
  await pass(0);
  expect(socket.handshakes).toHaveLength(1);
  await pass(2_000);
  expect(socket.handshakes).toHaveLength(2);
  socket.refuse(banned);
  await pass(59_000);
  expect(socket.handshakes).toHaveLength(2);
  await pass(3_000);
  expect(socket.handshakes).toHaveLength(3);
});

test("somebody who is sent away keeps the token: it is good, only not welcome", async () => {
  socket.refuse(banned);
  await pass(62_000);
  expect(socket.handshakes).toEqual(["t1", "t1"]);
});

test("somebody whose tokens are refused because of a ban is told too", async () => {
  socket.letIn();
  tokens.trouble = new Refusal(banned);
  socket.disconnect();
  await pass(1_000);
  expect(told.at(-2)).toBe("you were sent away");
});

test("a session that has ended takes its token with it", async () => {
  socket.letIn();
  socket.say("auth:ended", { code: "unauthenticated", message: "this session has ended" });
  socket.disconnect();
  await pass(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
});

test("a busy server is left alone for as long as it asks", async () => {
  socket.refuse({ code: "too_fast", message: "too fast", retryable: true, retry_after: 20 });
  await pass(19_000);
  connection.hurry();
  await pass(0);
  expect(socket.handshakes).toHaveLength(1);
  await pass(2_000);
  expect(socket.handshakes).toEqual(["t1", "t1"]);
});

test("a refused token is replaced at once, a second refusal waits", async () => {
  socket.refuse({ code: "unauthenticated", message: "no", retryable: false });
  await pass(0);
  socket.refuse({ code: "unauthenticated", message: "no", retryable: false });
  await pass(0);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
  await pass(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2", "t3"]);
});

test("hurrying is for those whom nothing holds back", async () => {
  socket.letIn();
  socket.disconnect();
  connection.hurry();
  await pass(0);
  expect(socket.handshakes).toHaveLength(2);
});

test("changed roles are passed on", () => {
  socket.say("auth:roles", { role: "user", stations: {} });
  expect(told).toEqual(["auth:roles"]);
});
