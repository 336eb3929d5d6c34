import { afterEach, beforeEach, expect, test, vi } from "vitest";
import "../../src/features/microphone/microphone.ts";
import type { Microphone } from "../../src/features/microphone/microphone.ts";
import { byId, expectAccessible, mount } from "./mount.ts";

/** The server's end of a line. */
class Line extends EventTarget {
  static opened: Line[] = [];
  readonly sent: (string | Uint8Array)[] = [];
  isClosed = false;
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

async function connected(): Promise<Line> {
  await byId("microphone-connect").click();
  // Before the first click on a page, it makes no sound.
  await context.resume();
  await expect.poll(() => Line.opened[0]?.sent.length).toBe(1);
  const [line] = Line.opened as [Line];
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
  await expect.element(byId("microphone")).toMatchTextContent("The line is interrupted.");
  await expect.poll(() => Line.opened[1]?.sent.length).toBe(1);
  expect(JSON.parse(Line.opened[1]?.sent[0] as string)).toMatchObject({ have: 1 });
  Line.opened[1]?.says({ type: "ready", have: 2, source: "a" });
  await expect.poll(() => numbers(Line.opened[1])[0]).toBe(3);
});

test("a server that has forgotten the recording gets a new one", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
  await expect.poll(() => numbers(line).length, { timeout: 10_000 }).toBeGreaterThan(1);
  line.says({ type: "ack", have: 1 });
  const session = (each: Line | undefined) => (JSON.parse(each?.sent[0] as string) as { session: string }).session;
  line.says({ type: "error", error: { code: "not_found", message: "that recording has ended", retryable: false } });
  line.breaks();
  await expect.poll(() => Line.opened[1]?.sent.length).toBe(1);
  expect(session(Line.opened[1])).not.toBe(session(line));
  Line.opened[1]?.says({ type: "ready", have: 0, source: "a" });
  await expect.poll(() => numbers(Line.opened[1]).slice(0, 2)).toEqual([1, 2]);
});

test("a refusal ends it with the reason", async () => {
  await mount<Microphone>("awaz-microphone");
  const line = await connected();
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
