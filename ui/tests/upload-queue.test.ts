import { beforeEach, expect, test, vi } from "vitest";
import { shareSent, UploadQueue, type SendHandlers } from "../src/features/library/upload-queue.ts";
import { AwazError } from "../src/sdk/errors.ts";
import { noAnswer } from "../src/sdk/http.ts";

interface Sending extends SendHandlers {
  readonly name: string;
  readonly stop: () => void;
}

let sendings: Sending[];
let queue: UploadQueue;

beforeEach(() => {
  vi.useFakeTimers();
  sendings = [];
  queue = new UploadQueue((file, handlers) => {
    const stop = vi.fn();
    sendings.push({ ...handlers, name: file.name, stop });
    return stop;
  });
});

const file = (name: string, size = 100) => new File([new Uint8Array(size)], name);
const statuses = () => queue.state.uploads.map(({ name, status }) => `${name} ${status}`);
const sent = () => sendings.map(({ name }) => name);

test("three files are sent at a time, in their order", () => {
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  expect(sent()).toEqual(["a", "b", "c"]);
  sendings[1]?.done();
  expect(sent()).toEqual(["a", "b", "c", "d"]);
  expect(statuses()).toEqual(["a sending", "b done", "c sending", "d sending"]);
});

test("a file that has arrived is checked, and the share of all bytes is known", () => {
  queue.add([file("a", 100), file("b", 300)]);
  sendings[0]?.progress(100);
  sendings[1]?.progress(100);
  expect(statuses()).toEqual(["a checking", "b sending"]);
  expect(shareSent(queue.state.uploads)).toBe(0.5);
});

test("paused, nothing is sent, and what was sent goes on where it was", () => {
  queue.add([file("a"), file("b")]);
  sendings[0]?.progress(40);
  queue.pause();
  expect(sendings.map(({ stop }) => vi.mocked(stop).mock.calls.length)).toEqual([1, 1]);
  expect(statuses()).toEqual(["a waiting", "b waiting"]);
  expect(queue.state.uploads[0]?.sent).toBe(40);
  queue.add([file("c")]);
  expect(sent()).toEqual(["a", "b"]);
  queue.resume();
  expect(sent()).toEqual(["a", "b", "a", "b", "c"]);
});

test.each([
  ["a broken line", noAnswer(), 5_000],
  ["a rate limit", new AwazError({ code: "too_fast", message: "", retryable: true, retry_after: 20 }, 429), 20_000],
])("after %s a file is tried again by itself", (_, error, wait) => {
  queue.add([file("a")]);
  sendings[0]?.failed(error);
  expect(statuses()).toEqual(["a interrupted"]);
  vi.advanceTimersByTime(wait - 1);
  expect(sent()).toEqual(["a"]);
  vi.advanceTimersByTime(1);
  expect(statuses()).toEqual(["a sending"]);
  expect(sent()).toEqual(["a", "a"]);
});

test("a refused file says why, keeps no other one out, and can be sent again", () => {
  const refusal = new AwazError({ code: "invalid_input", message: "no audio", retryable: false }, 400);
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  sendings[0]?.failed(refusal);
  expect(queue.state.uploads[0]).toMatchObject({ status: "failed", problem: refusal });
  expect(sent()).toEqual(["a", "b", "c", "d"]);
  queue.retry(queue.state.uploads[0]?.id ?? 0);
  sendings[1]?.done();
  expect(sent().at(-1)).toBe("a");
});

test("a file that is taken off the list is not sent on", () => {
  queue.add(["a", "b", "c", "d"].map((name) => file(name)));
  queue.remove(queue.state.uploads[0]?.id ?? 0);
  expect(vi.mocked(sendings[0]?.stop ?? vi.fn()).mock.calls).toHaveLength(1);
  expect(statuses()).toEqual(["b sending", "c sending", "d sending"]);
  sendings[1]?.done();
  queue.clear();
  expect(statuses()).toEqual(["c sending", "d sending"]);
});

test("closed, it forgets everything", () => {
  queue.add([file("a")]);
  sendings[0]?.failed(noAnswer());
  queue.close();
  vi.advanceTimersByTime(60_000);
  expect(statuses()).toEqual([]);
  expect(sent()).toEqual(["a"]);
});
