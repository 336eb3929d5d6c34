import { beforeEach, describe, expect, test, vi } from "vitest";
import { AwazError } from "../src/sdk/errors.ts";
import { applyChat, chatFromSnapshot, classifyChat, type ChatState } from "../src/sdk/chat-state.ts";
import { Chat, type ChatTransport } from "../src/sdk/chat.ts";
import { characters } from "../src/features/chat/characters.ts";
import { itemsOf, mentions } from "../src/features/chat/lines.ts";
import type { AnyMessage } from "../src/sdk/messages.ts";
import { said, snapshot, wrote } from "./fixtures.ts";

const chat = (overrides: Partial<ChatState> = {}): ChatState => ({
  ...chatFromSnapshot(snapshot().chat!),
  ...overrides,
});

const event = (name: string, seq: number, body: object): AnyMessage => ({
  event: name,
  data: { station: "awaz", epoch: "c1", seq, at: seq, ...body },
});

const texts = (state: ChatState) => state.messages.map(({ text }) => text);

describe("the state of a chat", () => {
  test("takes events in the order of its own log", () => {
    const before = chat({ seq: 3 });
    expect(classifyChat(before, wrote("next", 4))).toBe("apply");
    expect(classifyChat(before, wrote("known", 3))).toBe("drop");
    expect(classifyChat(before, wrote("later", 5))).toBe("gap");
    expect(classifyChat(before, event("chat:held", 3, {}))).toBe("tell");
    expect(classifyChat(before, { event: "chat:new", data: { ...wrote("", 4).data, epoch: "c2" } })).toBe("gap");
  });

  test("changes, deletes and restores messages in their places", () => {
    let state = [wrote("one", 1), wrote("two", 2), wrote("three", 3)].reduce(applyChat, chat());
    const [, two] = state.messages;
    state = applyChat(state, event("chat:edited", 4, { id: two!.id, text: "2" }));
    expect(texts(state)).toEqual(["one", "2", "three"]);
    const deleted = applyChat(state, event("chat:deleted", 5, { ids: [two!.id] }));
    expect(texts(deleted)).toEqual(["one", "three"]);
    const restored = applyChat(deleted, event("chat:restored", 6, { messages: [state.messages[1]!] }));
    expect(texts(restored)).toEqual(["one", "2", "three"]);
    expect(restored.seq).toBe(6);
  });

  test("has the mode and the pinned message", () => {
    const mode = { slow_s: 10, who: "members", links: "hold", off_air: true, hold_new: false };
    let state = applyChat(chat(), event("chat:mode", 1, { ...mode, by: "Sara" }));
    expect(state.mode).toEqual(mode);
    const message = said("Requests till nine", 1);
    state = applyChat(state, event("chat:pinned", 2, { id: message.id, message }));
    expect(state.pinned?.text).toBe("Requests till nine");
    expect(applyChat(state, event("chat:pinned", 3, {})).pinned).toBeUndefined();
  });
});

describe("what is written here", () => {
  let answers: (object | Error)[];
  let sent: { name: string; body: object }[];
  let own: Chat;
  let isConnected: boolean;
  let lagMs: number | undefined;

  const transport: ChatTransport = {
    request: (name, body) => {
      sent.push({ name, body });
      const answer = answers.shift() ?? { ok: true, id: "m", at: 1, seq: 1 };
      return (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)) as never;
    },
    isConnected: () => isConnected,
    leaveOtherRooms: () => undefined,
    now: () => Date.now(),
    lagMs: () => lagMs,
    before: () => Promise.resolve({ items: [said("earlier", 0)] }),
    held: () => Promise.resolve({ messages: [] }),
    reports: () => Promise.resolve({ reports: [] }),
  };

  beforeEach(() => {
    isConnected = true;
    lagMs = undefined;
    answers = [];
    sent = [];
    own = new Chat("awaz", transport, (end) => end);
    own.update(chat());
  });

  const statuses = () => own.outgoing.map(({ status }) => status);
  const shown = () => own.messages.map(({ text }) => text);
  const idOf = (index: number) => (sent[index]!.body as { client_id: string }).client_id;

  test("is shown as being sent until it comes back as a message", async () => {
    const sending = own.send("hello");
    expect(statuses()).toEqual(["sending"]);
    await sending;
    own.update(
      applyChat(own.state!, { ...wrote("hello", 1), data: { ...wrote("hello", 1).data, client_id: idOf(0) } as never }),
    );
    expect(own.outgoing).toEqual([]);
    expect(own.messages.map(({ text }) => text)).toEqual(["hello"]);
  });

  test("is sent again with the same id once there is a connection", async () => {
    answers = [new Error("timeout")];
    await own.send("hello");
    expect(statuses()).toEqual(["waiting"]);
    own.joined();
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(idOf(1)).toBe(idOf(0));
  });

  test("says how far behind the mount its author hears the station", async () => {
    lagMs = 3012.4;
    await own.send("this solo!");
    expect(sent[0]!.body).toMatchObject({ lag_ms: 3012 });
  });

  test("of a sound that is not heard here yet is shown with it, and after ten seconds in any case", () => {
    vi.useFakeTimers({ now: 100_000 });
    const position = { mount: "/awaz.mp3", stream_epoch: "e", frame: 7, at: 97_000 };
    const about = (text: string, seq: number, at: number): AnyMessage => {
      const message = wrote(text, seq);
      return { ...message, data: { ...message.data, at: 100_000, position: { ...position, at } } as never };
    };
    lagMs = 8_000;
    own.update(
      [about("this solo!", 1, 97_000), wrote("hello", 2), about("late", 3, 120_000)].reduce(applyChat, chat()),
    );
    expect(shown()).toEqual(["hello"]);
    vi.advanceTimersByTime(4_999);
    expect(shown()).toEqual(["hello"]);
    vi.advanceTimersByTime(1);
    expect(shown()).toEqual(["this solo!", "hello"]);
    vi.advanceTimersByTime(5_000);
    expect(shown()).toEqual(["this solo!", "hello", "late"]);
    vi.useRealTimers();
  });

  test("of a sound that is not heard here yet is shown at once where one wrote it oneself, and what was seen stays", async () => {
    vi.useFakeTimers({ now: 100_000 });
    lagMs = 3_000;
    await own.send("my own");
    lagMs = 8_000;
    const position = { mount: "/awaz.mp3", stream_epoch: "e", frame: 7, at: 97_000 };
    const mine = wrote("my own", 1);
    const data = { ...mine.data, client_id: idOf(0), position, at: 100_000 };
    own.update(applyChat(chat(), { ...mine, data: data }));
    expect(shown()).toEqual(["my own"]);
    lagMs = 20_000;
    own.update(own.state);
    expect(shown()).toEqual(["my own"]);
    vi.useRealTimers();
  });

  test("is of what was heard when it was written, and not when it could be sent", async () => {
    vi.useFakeTimers({ now: 100_000 });
    isConnected = false;
    lagMs = 3_000;
    await own.send("this solo!");
    vi.advanceTimersByTime(20_000);
    isConnected = true;
    own.joined();
    await vi.waitFor(() => expect(sent[0]!.body).toMatchObject({ lag_ms: 23_000 }));
    vi.useRealTimers();
  });

  test("waits for a connection while there is none, and is then sent", async () => {
    isConnected = false;
    await own.send("hello");
    expect(statuses()).toEqual(["waiting"]);
    expect(sent).toEqual([]);
    isConnected = true;
    own.joined();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
  });

  test("is kept with a way to try again where the server failed, and given back where it was refused", async () => {
    answers = [
      new AwazError({ code: "upstream", message: "the database", retryable: true }),
      new AwazError({ code: "too_fast", message: "slow mode", retryable: true, retry_after: 7 }),
    ];
    await own.send("one");
    expect(statuses()).toEqual(["failed"]);
    await expect(own.send("two")).rejects.toMatchObject({ code: "too_fast", retryAfter: 7 });
    expect(own.outgoing.map(({ text }) => text)).toEqual(["one"]);
    await own.retry(own.outgoing[0]!.client_id);
    expect(idOf(2)).toBe(idOf(0));
    await own.discard(idOf(0));
    expect(own.outgoing).toEqual([]);
  });

  test("is kept where it is when it was sent again and is refused", async () => {
    answers = [new Error("timeout"), new AwazError({ code: "too_fast", message: "slow mode", retryable: true })];
    await own.send("hello");
    own.joined();
    await vi.waitFor(() => expect(statuses()).toEqual(["failed"]));
    expect(own.outgoing[0]?.problem?.code).toBe("too_fast");
  });

  test("waits for a moderator where the server says so", async () => {
    answers = [{ ok: true, id: "m", at: 1, held: true }];
    await own.send("see example.com");
    expect(statuses()).toEqual(["held"]);
    await own.discard(idOf(0));
    expect(own.outgoing).toEqual([]);
    expect(sent[1]).toEqual({ name: "chat:delete", body: { station: "awaz", id: "m" } });
  });

  test("is no longer shown as being sent when it turns out to have been shown long ago", async () => {
    own.update(applyChat(own.state!, wrote("newest", 1)));
    answers = [new Error("timeout"), { ok: true, id: "m", at: 0, seq: 9 }];
    await own.send("hello");
    own.joined();
    await vi.waitFor(() => expect(own.outgoing).toEqual([]));
  });

  test("a moderator whom the server does not answer is told so", async () => {
    answers = [new Error("timeout")];
    await expect(own.moderate({ action: "unpin" })).rejects.toMatchObject({ code: "network", retryable: true });
  });

  test("is below what was written earlier", async () => {
    own.update(applyChat(own.state!, wrote("now", 5)));
    await own.loadEarlier();
    expect(shown()).toEqual(["earlier", "now"]);
    expect(own.hasEarlier).toBe(false);
  });

  test("what was written earlier is changed and deleted like the rest, and makes no hole before a snapshot", async () => {
    own.update(applyChat(own.state!, wrote("now", 5)));
    await own.loadEarlier();
    const { id } = said("earlier", 0);
    own.take(event("chat:edited", 6, { id, text: "before" }) as never);
    expect(shown()).toEqual(["before", "now"]);
    const newest = Array.from({ length: 10 }, (_, number) => said(`later ${number}`, 900 + number));
    own.update(chat({ seq: 910, messages: newest }), true);
    expect(shown()).toHaveLength(10);
    expect(own.hasEarlier).toBe(true);
    await own.loadEarlier();
    own.take(event("chat:deleted", 911, { ids: [id] }) as never);
    expect(shown()).toHaveLength(10);
    own.update(chat({ messages: [said("the first", 1)] }), true);
    expect(own.hasEarlier).toBe(false);
  });
});

test("messages of one person within five minutes are one group, and each day has a line", () => {
  const day = 86_400_000;
  const messages = [said("a", 1), said("b", 2), said("c", 3, "Ali"), { ...said("d", 4), at: day * 2 }];
  expect(itemsOf(messages).map((item) => (item.day === undefined ? [item.message.text, item.first] : "day"))).toEqual([
    "day",
    ["a", true],
    ["b", false],
    ["c", true],
    "day",
    ["d", true],
  ]);
});

test.each([
  ["@Sara thank you", "Sara", true],
  ["thank you @SARA!", "Sara", true],
  ["@Sarah thank you", "Sara", false],
  ["me@sara", "Sara", false],
  ["شکریہ @سارہ", "سارہ", true],
  ["@Sara", undefined, false],
])("%s names %s: %s", (text, name, expected) => {
  expect(mentions(text, name)).toBe(expected);
});

test.each([
  ["سلام", 4],
  ["👨‍👩‍👧", 1],
  ["e\u0301", 1],
  ["🇵🇰🇮🇳", 2],
  ["क्ष", 1],
  ["❤️", 1],
  ["  two \n lines ", 9],
])("%s has %i characters, as on the server", (text, count) => {
  expect(characters(text)).toBe(count);
});
