import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Connection, type ConnectionHandlers } from "../src/sdk/connection.ts";
import { AwazError, AwazRefused } from "../src/sdk/errors.ts";
import { tokensOf, type TokenSource } from "../src/sdk/tokens.ts";
import { FakeSocket } from "./fake-socket.ts";

/** Returns tokens t1, t2, …; the next one after the current one is invalidated. */
class FakeTokens implements TokenSource {
  number = 1;
  error: Error | undefined;

  async token(): Promise<string> {
    return this.error ? Promise.reject(this.error) : `t${this.number}`;
  }

  invalidate(token: string): void {
    this.number += Number(token === `t${this.number}`);
  }
}

const BANNED = { code: "banned", message: "you are banned", retryable: false };
const UNAUTHENTICATED = { code: "unauthenticated", message: "no", retryable: false };

const ignoring: ConnectionHandlers = {
  connecting: () => undefined,
  connected: () => undefined,
  interrupted: () => undefined,
  rolesChanged: () => undefined,
  digest: () => undefined,
  together: () => undefined,
  message: () => undefined,
};

let socket: FakeSocket;
let tokens: FakeTokens;
let calls: string[];
let connection: Connection;

beforeEach(async () => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  tokens = new FakeTokens();
  calls = [];
  const handlers: ConnectionHandlers = {
    ...ignoring,
    connected: () => calls.push("connected"),
    interrupted: ({ problem, retryAt }) => {
      calls.push(problem ? `interrupted: ${problem.message}` : "interrupted");
      if (retryAt === undefined) calls.push("for good");
    },
    rolesChanged: () => calls.push("roles changed"),
    digest: (stations) => calls.push(...stations.map(({ station }) => `digest of ${station}`)),
    message: ({ event, data }) => calls.push(`${event} of ${data.station}`),
  };
  connection = new Connection(tokensOf(tokens), handlers, (token) => (socket = new FakeSocket(token)).asSocket);
  connection.start();
  await advance(0);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const advance = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);

test("an expired token is replaced on the open connection", async () => {
  socket.accept();
  socket.receive("auth:expired", { closes_in_ms: 60_000 });
  await advance(0);
  expect(socket.requests).toEqual([{ event: "auth:refresh", body: { token: "t2" } }]);
  expect([socket.connected, socket.handshakes]).toEqual([true, ["t1"]]);
});

test("the client reconnects if the server rejects the new token too", async () => {
  socket.accept();
  socket.ack = { ok: false, error: { code: "forbidden", message: "no", retryable: false } };
  socket.receive("auth:expired", { closes_in_ms: 60_000 });
  await advance(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
});

test("after a ban from a station the connection comes back at once, for the others", async () => {
  socket.accept();
  socket.receive("auth:ended", { ...BANNED, station: "awaz" });
  socket.disconnect();
  expect(calls).toEqual(["connected", "interrupted"]);
  await advance(1_000);
  expect(socket.handshakes).toHaveLength(2);
});

test("a banned user receives the reason and retries once a minute", async () => {
  socket.accept();
  socket.receive("auth:ended", BANNED);
  socket.disconnect();
  expect(calls).toEqual(["connected", "interrupted: you are banned"]);
  await advance(59_000);
  connection.retryNow();
  await advance(0);
  expect(socket.handshakes).toHaveLength(1);
  await advance(2_000);
  expect(socket.handshakes).toHaveLength(2);
  socket.reject(BANNED);
  await advance(59_000);
  expect(socket.handshakes).toHaveLength(2);
  await advance(3_000);
  expect(socket.handshakes).toHaveLength(3);
});

test("a ban does not invalidate the token", async () => {
  socket.reject(BANNED);
  await advance(62_000);
  expect(socket.handshakes).toEqual(["t1", "t1"]);
});

test("a user who gets no token because of a ban receives the reason", async () => {
  socket.accept();
  tokens.error = new AwazError(BANNED);
  socket.disconnect();
  await advance(1_000);
  expect(calls.at(-1)).toBe("interrupted: you are banned");
});

test("a source of tokens that refuses is not asked again, until the client is started anew", async () => {
  socket.accept();
  tokens.error = new AwazRefused({ code: "unauthenticated", message: "signed out", retryable: false });
  socket.disconnect();
  await advance(600_000);
  expect(calls.slice(-2)).toEqual(["interrupted: signed out", "for good"]);
  tokens.error = undefined;
  connection.start();
  await advance(0);
  expect(socket.handshakes).toHaveLength(2);
});

test("a token is asked for with the reason, and with the one that failed", async () => {
  const asks: unknown[] = [];
  const asking = new Connection(
    ({ reason, last }) => {
      asks.push([reason, last]);
      return Promise.resolve(`t${asks.length}`);
    },
    ignoring,
    (token) => (socket = new FakeSocket(token)).asSocket,
  );
  asking.start();
  await advance(0);
  socket.reject(UNAUTHENTICATED);
  await advance(0);
  socket.accept();
  socket.receive("auth:expired", { closes_in_ms: 60_000 });
  await asking.refreshToken();
  expect(asks).toEqual([
    ["connect", undefined],
    ["refused", "t1"],
    ["expired", "t2"],
    ["renew", "t2"],
  ]);
});

test("the end of a session invalidates its token", async () => {
  socket.accept();
  socket.receive("auth:ended", { code: "unauthenticated", message: "this session has ended" });
  socket.disconnect();
  await advance(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
});

test("the client waits for as long as an overloaded server asks", async () => {
  socket.reject({ code: "too_fast", message: "too fast", retryable: true, retry_after: 20 });
  await advance(19_000);
  connection.retryNow();
  await advance(0);
  expect(socket.handshakes).toHaveLength(1);
  await advance(2_000);
  expect(socket.handshakes).toEqual(["t1", "t1"]);
});

test("the client retries immediately after a rejected token and with backoff after the second", async () => {
  socket.reject(UNAUTHENTICATED);
  await advance(0);
  socket.reject(UNAUTHENTICATED);
  await advance(0);
  expect(socket.handshakes).toEqual(["t1", "t2"]);
  await advance(1_000);
  expect(socket.handshakes).toEqual(["t1", "t2", "t3"]);
});

test("retryNow skips the backoff", async () => {
  socket.accept();
  socket.disconnect();
  connection.retryNow();
  await advance(0);
  expect(socket.handshakes).toHaveLength(2);
});

test("each kind of event reaches its handler", () => {
  socket.receive("auth:roles", { role: "user", stations: {} });
  socket.receive("platform:digest", { stations: [{ station: "awaz", on_air: "live", listeners: 3 }] });
  socket.receive("stream:something_new", { station: "awaz", epoch: "e1", seq: 8, at: 0 });
  socket.receive("no:station", { seq: 8 });
  expect(calls).toEqual(["roles changed", "digest of awaz", "stream:something_new of awaz"]);
});
