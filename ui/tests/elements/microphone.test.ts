import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "../../src/features/microphone/microphone.ts";
import type { Microphone } from "../../src/features/microphone/microphone.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

/** The server's end of a line. */
class Line extends EventTarget {
  static opened: Line[] = [];
  readonly sent: (string | Uint8Array)[] = [];
  isClosed = false;
  bufferedAmount = 0;
  onopen: (() => void) | undefined;
  onmessage: ((event: { data: string }) => void) | undefined;
  onclose: (() => void) | undefined;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
    Line.opened.push(this);
    queueMicrotask(() => this.onopen?.());
  }

  send(message: string | Uint8Array): void {
    this.sent.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  says(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  breaks(): void {
    this.onclose?.();
  }
}

/** The numbers of the slices that came over a line. */
const numbers = (line: Line | undefined) =>
  (line?.sent ?? []).flatMap((each) => (typeof each === "string" ? [] : [new DataView(each.buffer).getUint32(0)]));

let context: AudioContext;

beforeEach(() => {
  Line.opened = [];
  vi.stubGlobal("WebSocket", Line);
  context = new AudioContext();
  const tone = context.createOscillator();
  const stream = context.createMediaStreamDestination();
  tone.connect(stream);
  tone.start();
  vi.spyOn(navigator.mediaDevices, "getUserMedia").mockResolvedValue(stream.stream);
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await context.close();
});

async function asked(): Promise<Line> {
  await byId("microphone-connect").click();
  // Before the first click on a page, it makes no sound.
  await context.resume();
  await expect.poll(() => Line.opened[0]?.sent.length).toBe(1);
  return (Line.opened as [Line])[0];
}

async function connected(): Promise<Line> {
  const line = await asked();
  line.says({ type: "ready", have: 0, source: "a" });
  return line;
}

test("a microphone is connected, muted and disconnected", async () => {
  await mount<Microphone>("awaz-microphone");
  await expectAccessible();
  const line = await connected();
  expect(line.url).toMatch(/^ws:.*\/api\/v1\/stations\/awaz\/microphone$/);
  const hello = JSON.parse(line.sent[0] as string) as { token: string; mime: string; have: number };
  expect(hello).toMatchObject({ token: "token", have: 0 });
  expect(hello.mime).toContain("opus");
  await expect.element(byId("microphone")).toMatchTextContent("Your microphone is connected.");
  await expect.poll(() => numbers(line).slice(0, 3), { timeout: 10_000 }).toEqual([1, 2, 3]);
  await byId("mute").click();
  await expect.element(byId("mute")).toHaveTextContent("Unmute");
  await expectAccessible();
  await byId("microphone-disconnect").click();
  await expect.element(byId("microphone-connect")).toBeInTheDocument();
  expect([line.sent.at(-1), line.isClosed]).toEqual(["done", true]);
});

test("what was not acknowledged is sent again over the next line", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(2);
  line.says({ type: "ack", have: 1 });
  line.breaks();
  await expect.element(byId("microphone")).toMatchTextContent("The connection is interrupted.");
  await expect.poll(() => Line.opened[1]?.sent.length).toBe(1);
  expect(JSON.parse(Line.opened[1]?.sent[0] as string)).toMatchObject({ have: 1 });
  Line.opened[1]?.says({ type: "ready", have: 2, source: "a" });
  await expect.poll(() => numbers(Line.opened[1])[0]).toBe(3);
});

/** Begin a recording of which the server has the first slice, let it wait, and have the server forget it. */
async function forgotten(): Promise<[Line, Line]> {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(6);
  line.says({ type: "ack", have: 1 });
  line.says({ type: "error", error: { code: "not_found", message: "that recording has ended", retryable: false } });
  line.breaks();
  await expect.poll(() => Line.opened[1]?.sent.length).toBe(1);
  return Line.opened as [Line, Line];
}

const session = (line: Line) => (JSON.parse(line.sent[0] as string) as { session: string }).session;
const slices = (line: Line) => line.sent.filter((each) => typeof each !== "string");
const MATROSKA = [0x1a, 0x45, 0xdf, 0xa3];

test("what a server has forgotten goes on as a new recording while listeners wait for it", async () => {
  const [line, next] = await forgotten();
  expect(session(next)).not.toBe(session(line));
  const waiting = numbers(line).length - 1;
  next.says({ type: "ready", have: 0, source: "a", awaited: true });
  expect(numbers(next).slice(0, waiting)).toEqual(Array.from({ length: waiting }, (_, index) => index + 1));
  const [first, second] = slices(next);
  expect([...(first ?? [])].slice(8, 12)).toEqual(MATROSKA);
  expect([...(second ?? [])].slice(4)).toEqual([...(slices(line)[2] ?? [])].slice(4));
});

test("what nobody waits for is not sent after an interruption", async () => {
  const [, next] = await forgotten();
  next.says({ type: "ready", have: 0, source: "a", awaited: false });
  expect(numbers(next)).toEqual([]);
  expect(next.sent.filter((each) => typeof each === "string" && each.includes("lead_ms"))).toEqual([]);
  await expect.poll(() => numbers(next).slice(0, 2), { timeout: 10_000 }).toEqual([1, 2]);
});

test("the server is told how late the recording arrives", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  const told = () => line.sent.filter((each) => typeof each === "string" && each.includes("delay_ms"));
  await expect.poll(() => told().length, { timeout: 10_000 }).toBeGreaterThan(0);
});

test("after a long break, only the oldest of what was said is let go of", async () => {
  let passed = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + passed);
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(2);
  line.breaks();
  passed = 28_000;
  const lines = () => Line.opened.length;
  await expect.poll(lines, { timeout: 5_000 }).toBeGreaterThan(1);
  // The slices that are recorded from here on are not old.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  passed = 31_000;
  await expect.poll(() => session(Line.opened.at(-1) ?? line), { timeout: 5_000 }).not.toBe(session(line));
  Line.opened.at(-1)?.says({ type: "ready", have: 0, source: "a", awaited: true });
  expect(numbers(Line.opened.at(-1)).length).toBeGreaterThan(2);
});

test("a line over which nothing comes any more is left for another one", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(2);
  line.says({ type: "ack", have: 1 });
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + 8_000);
  await expect.poll(() => Line.opened[1]?.sent.length, { timeout: 5_000 }).toBe(1);
  expect(line.isClosed).toBe(true);
  expect(JSON.parse(Line.opened[1]?.sent[0] as string)).toMatchObject({ have: 1, session: session(line) });
});

test("a line takes no more than it can send", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(0);
  line.bufferedAmount = 100_000;
  const before = numbers(line).length;
  line.says({ type: "ack", have: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  expect(numbers(line).length).toBe(before);
  line.bufferedAmount = 0;
  await expect.poll(() => numbers(line).length).toBeGreaterThan(before + 2);
  expect(numbers(line)).toEqual(numbers(line).map((_, index) => index + 1));
});

test("a host whose microphone was disconnected by somebody is told so", async () => {
  const [, next] = await forgotten();
  const message = "your microphone was disconnected: it can be used again in 5 minutes";
  next.says({ type: "error", error: { code: "forbidden", message, retryable: false } });
  await expect.element(byId("microphone-problem")).toMatchTextContent("Your microphone was disconnected:");
});

test("a mount that is taken for a moment is asked for again", async () => {
  const [line, next] = await forgotten();
  expect(JSON.parse(next.sent[0] as string)).toMatchObject({ replaces: session(line) });
  next.says({ type: "error", error: { code: "conflict", message: "two are connected", retryable: false } });
  next.breaks();
  await expect.poll(() => Line.opened[2]?.sent.length, { timeout: 5_000 }).toBe(1);
});

test("a refusal ends it with the reason", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await asked();
  const message = "two encoders are connected already";
  line.says({ type: "error", error: { code: "conflict", message, retryable: false } });
  await expect.element(byId("microphone-problem")).toHaveTextContent("Two encoders are connected already.");
});

test.each([
  ["NotAllowedError", "Your browser doesn’t allow this page to use the microphone. Allow it in the address bar."],
  ["NotFoundError", "No microphone was found, or another program is using it."],
])("without a microphone it says why: %s", async (name, text) => {
  vi.spyOn(navigator.mediaDevices, "getUserMedia").mockRejectedValue(new DOMException("no", name));
  await mount<Microphone>("awaz-microphone");
  await byId("microphone-connect").click();
  await expect.element(byId("microphone-problem")).toHaveTextContent(text);
});
