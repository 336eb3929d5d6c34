import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AwazError } from "../src/sdk/errors.ts";
import type { ChatState } from "../src/sdk/chat-state.ts";
import type { StationState } from "../src/sdk/state.ts";
import { StationSubscription, type Recovery, type Transport } from "../src/sdk/subscription.ts";
import type { SendRequest } from "../src/sdk/messages.ts";
import type { JoinAnswer } from "../src/wire/schema.ts";
import { message, missed, snapshot, track, wrote } from "./fixtures.ts";

/** A transport whose requests wait until the test answers them. */
class FakeTransport implements Transport {
  isConnected = true;
  reconnects = 0;
  requests: { event: string; body: object }[] = [];
  #pending: { resolve: (answer: unknown) => void; reject: (error: Error) => void }[] = [];

  readonly request: SendRequest = (event, body) => {
    this.requests.push({ event, body });
    return new Promise((resolve, reject) =>
      this.#pending.push({ resolve: resolve as (answer: unknown) => void, reject }),
    );
  };

  reconnect(): void {
    this.reconnects += 1;
  }

  async answer(answer: Partial<JoinAnswer>): Promise<void> {
    this.#pending.shift()?.resolve({ recovered: false, missed: [], snapshot: snapshot(), ...answer });
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(error: Error): Promise<void> {
    this.#pending.shift()?.reject(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let transport: FakeTransport;
let states: StationState[];
let chats: ChatState[];
let refusals: string[];
let recoveries: Recovery[];
let subscription: StationSubscription;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0);
  transport = new FakeTransport();
  states = [];
  chats = [];
  refusals = [];
  recoveries = [];
  subscription = new StationSubscription("awaz", transport, {
    state: (state) => states.push(state),
    event: () => undefined,
    refused: ({ code, message }) => refusals.push(`${code}: ${message}`),
    recovered: (recovery) => recoveries.push(recovery),
    snapshot: () => undefined,
    chat: (state) => chats.push(state),
    joined: () => undefined,
  });
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const metadata = (title: string, seq: number) =>
  message("stream:metadata", seq, { track: track(title), started_at: seq * 1000 });
const titles = () => states.map((state) => state.metadata?.track.title);

async function join(): Promise<void> {
  void subscription.join();
  await transport.answer({});
}

test("the first join sends no position", async () => {
  await join();
  expect(transport.requests).toEqual([{ event: "stream:join", body: { station: "awaz" } }]);
  expect(states.at(-1)?.seq).toBe(7);
});

test("events that arrive during a join are applied after it unless they are outdated", async () => {
  void subscription.join();
  subscription.receive(metadata("Old", 7));
  subscription.receive(metadata("New", 8));
  await transport.answer({
    snapshot: snapshot({ metadata: { play_id: "Old", kind: "autodj", track: track("Old"), started_at: 7000 } }),
  });
  expect(titles()).toEqual(["Old", "New"]);
});

test("a rejoin sends the position and applies the missed events in order", async () => {
  await join();
  subscription.onDisconnected();
  void subscription.join();
  const chat = { epoch: "c1", last_seq: 0 };
  expect(transport.requests.at(-1)?.body).toEqual({ station: "awaz", epoch: "e1", last_seq: 7, chat });
  await transport.answer({
    recovered: true,
    missed: [missed("A", 8), missed("B", 9)],
    snapshot: snapshot({ seq: 9, metadata: { play_id: "B", kind: "autodj", track: track("B"), started_at: 9000 } }),
  });
  expect(titles()).toEqual([undefined, "A", "B", "B"]);
  expect(recoveries).toEqual([{ missed: 2, complete: true }]);
});

test("the chat has an order of its own, and is recovered by itself", async () => {
  await join();
  subscription.receive(wrote("one", 1));
  subscription.onDisconnected();
  void subscription.join();
  expect(transport.requests.at(-1)?.body).toMatchObject({ last_seq: 7, chat: { epoch: "c1", last_seq: 1 } });
  const recovered = { recovered: true, missed: [{ event: "chat:message", data: wrote("two", 2).data }] as never };
  await transport.answer({ chat: { ...recovered, epoch: "c1", seq: 2 } });
  expect(chats.at(-1)?.messages.map(({ text }) => text)).toEqual(["one", "two"]);
  subscription.receive(metadata("A", 8));
  expect(titles().at(-1)).toBe("A");
  expect(transport.requests).toHaveLength(2);
});

test("a gap in the chat, or a higher number of it in a heartbeat, causes a rejoin", async () => {
  await join();
  subscription.receive(wrote("too early", 2));
  await vi.advanceTimersByTimeAsync(2_000);
  await transport.answer({});
  await vi.advanceTimersByTimeAsync(5_000);
  expect(transport.requests).toHaveLength(2);
  subscription.checkSeq(7, 1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(transport.requests).toHaveLength(3);
});

test("the answer to a join on an earlier connection is ignored", async () => {
  void subscription.join();
  subscription.onDisconnected();
  void subscription.join();
  await transport.answer({ snapshot: snapshot({ seq: 1 }) });
  await transport.answer({ snapshot: snapshot({ seq: 20 }) });
  expect(states.map((state) => state.seq)).toEqual([20]);
});

test("a gap causes a single rejoin, delayed after a recent join", async () => {
  await join();
  subscription.receive(metadata("Later", 10));
  subscription.receive(metadata("Still later", 11));
  expect(transport.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(transport.requests).toHaveLength(2);
  await transport.answer({ snapshot: snapshot({ seq: 11 }) });
  expect(states.at(-1)?.seq).toBe(11);
});

test("joins that all clients make at once are spread", async () => {
  vi.mocked(Math.random).mockReturnValue(1);
  await join();
  subscription.receive(metadata("Later", 10));
  await vi.advanceTimersByTimeAsync(1_499);
  expect(transport.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(transport.requests).toHaveLength(2);
});

test("a station that is gone is not joined again", async () => {
  await join();
  subscription.checkSeq(undefined, 0);
  await vi.advanceTimersByTimeAsync(2_000);
  await transport.fail(new AwazError({ code: "not_found", message: "no such station", retryable: false }));
  subscription.checkSeq(undefined, 0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(transport.requests).toHaveLength(2);
});

test("a new epoch causes a rejoin that replaces the state", async () => {
  await join();
  subscription.receive({ event: "stream:metadata", data: { ...metadata("X", 1).data, epoch: "e2" } });
  await vi.advanceTimersByTimeAsync(1_000);
  await transport.answer({ snapshot: snapshot({ epoch: "e2", seq: 1 }) });
  expect(states.at(-1)).toMatchObject({ epoch: "e2", seq: 1 });
  expect(recoveries).toEqual([{ missed: 0, complete: false }]);
});

test("a higher number in a heartbeat causes a rejoin unless the event arrives in time", async () => {
  await join();
  await vi.advanceTimersByTimeAsync(5_000);
  subscription.checkSeq(8, 0);
  subscription.receive(metadata("On its way", 8));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(transport.requests).toHaveLength(1);
  subscription.checkSeq(9, 0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(transport.requests).toHaveLength(2);
});

test("a subscription that the server has dropped is joined again", async () => {
  await join();
  await vi.advanceTimersByTimeAsync(5_000);
  subscription.checkSeq(undefined, 0);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(transport.requests).toHaveLength(2);
});

test("a temporary error is retried and an unknown station is reported", async () => {
  void subscription.join();
  await transport.fail(new AwazError({ code: "upstream", message: "", retryable: true, retry_after: 2 }));
  expect(refusals).toEqual([]);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(transport.requests).toHaveLength(2);
  await transport.fail(new AwazError({ code: "not_found", message: "no such station", retryable: false }));
  expect(refusals).toEqual(["not_found: no such station"]);
});

test("a banned user receives the reason and retries once a minute", async () => {
  void subscription.join();
  await transport.fail(new AwazError({ code: "banned", message: "you are banned", retryable: false }));
  expect(refusals).toEqual(["banned: you are banned"]);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(transport.requests).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await transport.answer({});
  expect(states).toHaveLength(1);
});

test("a join that times out replaces the connection", async () => {
  void subscription.join();
  await transport.fail(new Error("timeout"));
  expect(transport.reconnects).toBe(1);
});
