import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Following, type Line } from "../src/client/following.ts";
import { Refusal } from "../src/client/refusal.ts";
import type { StationState } from "../src/client/state.ts";
import type { JoinAnswer } from "../src/client/wire.ts";
import { message, snapshot, track } from "./samples.ts";

class FakeLine implements Line {
  isUp = true;
  restarts = 0;
  asked: { event: string; body: object }[] = [];
  #answers: { give: (answer: unknown) => void; fail: (error: Error) => void }[] = [];

  ask<T>(event: string, body: object): Promise<T> {
    this.asked.push({ event, body });
    return new Promise<T>((give, fail) => this.#answers.push({ give: give as (answer: unknown) => void, fail }));
  }

  restart(): void {
    this.restarts += 1;
  }

  async answer(answer: Partial<JoinAnswer>): Promise<void> {
    this.#answers.shift()?.give({ recovered: false, missed: [], snapshot: snapshot(), ...answer });
    await vi.advanceTimersByTimeAsync(0);
  }

  async fail(error: Error): Promise<void> {
    this.#answers.shift()?.fail(error);
    await vi.advanceTimersByTimeAsync(0);
  }
}

let line: FakeLine;
let states: StationState[];
let missing: number;
let closed: string[];
let following: Following;

beforeEach(() => {
  vi.useFakeTimers();
  line = new FakeLine();
  states = [];
  missing = 0;
  closed = [];
  following = new Following("awaz", line, {
    state: (state) => states.push(state),
    missing: () => (missing += 1),
    closed: (sentence) => closed.push(sentence),
    snapshot: () => undefined,
  });
});

afterEach(() => void vi.useRealTimers());

const titled = (title: string, seq: number) =>
  message("stream:metadata", seq, { track: track(title), started_at: seq * 1000 });
const titles = () => states.map((state) => state.metadata?.track.title);

async function joined(): Promise<void> {
  void following.join();
  await line.answer({});
}

test("the first join asks for the station alone", async () => {
  await joined();
  expect(line.asked).toEqual([{ event: "stream:join", body: { station: "awaz" } }]);
  expect(states.at(-1)?.seq).toBe(7);
});

test("events while the join is under way are applied after it, and only the new ones", async () => {
  void following.join();
  following.receive(titled("Old", 7));
  following.receive(titled("New", 8));
  await line.answer({ snapshot: snapshot({ metadata: { track: track("Old"), started_at: 7000 } }) });
  expect(titles()).toEqual(["Old", "New"]);
});

test("coming back hands in the position and plays what was missed in order", async () => {
  await joined();
  following.cut();
  void following.join();
  expect(line.asked.at(-1)?.body).toEqual({ station: "awaz", epoch: "e1", last_seq: 7 });
  await line.answer({
    recovered: true,
    missed: [titled("A", 8), titled("B", 9)],
    snapshot: snapshot({ seq: 9, metadata: { track: track("B"), started_at: 9000 } }),
  });
  expect(titles()).toEqual([undefined, "A", "B", "B"]);
});

test("an answer to a join of an earlier connection counts for nothing", async () => {
  void following.join();
  following.cut();
  void following.join();
  await line.answer({ snapshot: snapshot({ seq: 1 }) });
  await line.answer({ snapshot: snapshot({ seq: 20 }) });
  expect(states.map((state) => state.seq)).toEqual([20]);
});

test("a gap joins again, once, and not at once when it has just joined", async () => {
  await joined();
  following.receive(titled("Later", 10));
  following.receive(titled("Still later", 11));
  expect(line.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.asked).toHaveLength(2);
  await line.answer({ snapshot: snapshot({ seq: 11 }) });
  expect(states.at(-1)?.seq).toBe(11);
});

test("another epoch joins again and believes the snapshot", async () => {
  await joined();
  following.receive({ event: "stream:metadata", data: { ...titled("X", 1).data, epoch: "e2" } });
  await vi.advanceTimersByTimeAsync(1_000);
  await line.answer({ snapshot: snapshot({ epoch: "e2", seq: 1 }) });
  expect(states.at(-1)).toMatchObject({ epoch: "e2", seq: 1 });
});

test("a heartbeat that shows a higher number joins again, unless the event still comes", async () => {
  await joined();
  await vi.advanceTimersByTimeAsync(5_000);
  following.checkSeq(8);
  following.receive(titled("It came", 8));
  await vi.advanceTimersByTimeAsync(5_000);
  expect(line.asked).toHaveLength(1);
  following.checkSeq(9);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.asked).toHaveLength(2);
});

test("a station of whose followers the server does not count us any more is joined again", async () => {
  await joined();
  await vi.advanceTimersByTimeAsync(5_000);
  following.checkSeq(undefined);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(line.asked).toHaveLength(2);
});

test("a station that is not there is told; a passing trouble is tried again", async () => {
  void following.join();
  await line.fail(new Refusal({ code: "upstream", message: "", retryable: true, retry_after: 2 }));
  expect(missing).toBe(0);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(line.asked).toHaveLength(2);
  await line.fail(new Refusal({ code: "not_found", message: "", retryable: false }));
  expect(missing).toBe(1);
});

test("somebody who was sent away is told why, and asks again once a minute", async () => {
  void following.join();
  await line.fail(new Refusal({ code: "banned", message: "you were sent away", retryable: false }));
  expect(closed).toEqual(["you were sent away"]);
  await vi.advanceTimersByTimeAsync(59_000);
  expect(line.asked).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(1_000);
  await line.answer({});
  expect(states).toHaveLength(1);
});

test("no answer at all gives the connection up", async () => {
  void following.join();
  await line.fail(new Error("timeout"));
  expect(line.restarts).toBe(1);
});
