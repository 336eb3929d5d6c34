import { beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import type { ChatPlace } from "../../src/app/contexts.ts";
import "../../src/features/chat/chat.ts";
import type { ChatPanel } from "../../src/features/chat/chat.ts";
import "../../src/features/chat/held.ts";
import "../../src/features/chat/mode.ts";
import "../../src/features/chat/person-card.ts";
import { applyChat, chatFromSnapshot } from "../../src/sdk/chat-state.ts";
import { Chat } from "../../src/sdk/chat.ts";
import { AwazError } from "../../src/sdk/errors.ts";
import type { AnyMessage } from "../../src/sdk/messages.ts";
import type { ChatMessageView, ChatModeView, ReportView } from "../../src/wire/schema.ts";
import { said, snapshot, wrote } from "../fixtures.ts";
import { byId, expectAccessible, hasFocus, mount } from "./mount.ts";
import { answering } from "./server.ts";

let sent: [string, object][];
let answers: (object | Error)[];
let chat: Chat;
let waiting: ChatMessageView[];
let reported: ReportView[];
let reacted: Parameters<ChatPlace["onReactions"]>[0];

beforeEach(() => {
  localStorage.clear();
  sent = [];
  answers = [];
  waiting = [];
  reported = [];
  const request = (name: string, body: object) => {
    sent.push([name, body]);
    const answer = answers.shift() ?? { ok: true, id: "m", at: 1, undo: "u1" };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const none = () => Promise.resolve({ items: [] });
  const held = () => Promise.resolve({ messages: waiting });
  const reports = () => Promise.resolve({ reports: reported });
  chat = new Chat("awaz", { request: request as never, before: none, held, reports }, (end) => end);
  chat.update(chatFromSnapshot(snapshot().chat!));
});

const place = (more: Partial<ChatPlace> = {}): ChatPlace => ({
  slug: "awaz",
  chat,
  userId: "guest:me",
  name: "Nadia",
  isStaff: false,
  now: () => Date.now(),
  onReactions: (listener) => {
    reacted = listener;
    return () => undefined;
  },
  ...more,
});

const moderator = () => place({ userId: "u1", name: "Sara", isStaff: true });

const receive = (...messages: AnyMessage[]) => chat.update(messages.reduce(applyChat, chat.state!));

const open = (around: ChatPlace = place(), properties: Partial<ChatPanel> = {}) =>
  mount<ChatPanel>("awaz-chat", properties, { chat: around });

const setMode = (mode: Partial<ChatModeView>) =>
  chat.update({ ...chat.state!, mode: { ...chat.state!.mode, ...mode } });

const field = () => byId("composer");

test("it says that nobody has written, and shows what is written with names and roles", async () => {
  await open(place(), { here: 214 });
  await expect.element(byId("no-messages")).toBeVisible();
  await expect.element(byId("here")).toMatchTextContent("214 here");
  receive(wrote("یہ کون سا راگ ہے", 1), wrote("and this?", 2));
  const reply = wrote("بھیرویں", 3, "Sara");
  receive({
    ...reply,
    data: { ...reply.data, user: { id: "u1", name: "Sara", role: "host" }, reply_to: "m1" } as never,
  });
  await expect.element(byId("message")).toHaveLength(3);
  await expect.element(byId("message").nth(2)).toMatchTextContent("Sara Host");
  await expect.element(byId("message").nth(2)).toMatchTextContent("یہ کون سا راگ ہے بھیرویں");
  await expectAccessible();
});

test("links with a scheme can be followed, and nothing else is markup", async () => {
  await open();
  receive(wrote("<b>see</b> https://radio.example/x and example.com javascript:alert(1)", 1));
  await expect.element(byId("message")).toMatchTextContent("<b>see</b> https://radio.example/x and example.com");
  const links = byId("message").getByRole("link");
  await expect.element(links).toHaveLength(1);
  await expect.element(links).toHaveAttribute("rel", "nofollow ugc noopener noreferrer");
});

test("Enter sends, but not while a word is composed, and Shift and Enter do not", async () => {
  await open();
  await field().fill("سلام");
  const composing = new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true });
  field().element().dispatchEvent(composing);
  await userEvent.keyboard("{Shift>}{Enter}{/Shift}");
  expect(sent).toEqual([]);
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() =>
    expect(sent[0]).toMatchObject(["chat:send", { station: "awaz", text: expect.stringMatching("سلام") as string }]),
  );
  await expect.element(byId("unsent")).toBeVisible();
  await expect.element(field()).toHaveValue("");
});

test("what the server refuses is given back with the reason, and the button counts down", async () => {
  answers = [new AwazError({ code: "too_fast", message: "slow mode", retryable: true, retry_after: 7 })];
  await open();
  await field().fill("too fast");
  await byId("send").click();
  await expect.element(byId("composer-problem")).toMatchTextContent("You can write again in 7 seconds.");
  await expect.element(field()).toHaveValue("too fast");
  await expect.element(byId("send")).toMatchTextContent(/^[67]$/);
  await expect.element(byId("send")).toBeDisabled();
});

test("a draft is there again after the page was loaded anew", async () => {
  const first = await open();
  await field().fill("half a sent");
  first.remove();
  await open();
  await expect.element(field()).toHaveValue("half a sent");
});

test("a guest is asked for a name before the first message, which is sent then", async () => {
  const rename = vi.fn(() => Promise.resolve());
  await open(place({ rename }));
  await field().fill("hello");
  await byId("send").click();
  await byId("chat-name").fill("Nadia");
  await byId("chat-name-save").click();
  await vi.waitFor(() => expect(sent.map(([name]) => name)).toEqual(["chat:send"]));
  expect(rename).toHaveBeenCalledWith("Nadia");
  await expect.poll(() => hasFocus(field())).toBe(true);
});

test("another name sends nothing that was only begun", async () => {
  localStorage.setItem("awaz.chat.named", "1");
  await open(place({ rename: () => Promise.resolve() }));
  await field().fill("half a sent");
  await byId("rename").click();
  await byId("chat-name").fill("Nadia");
  await byId("chat-name-save").click();
  await expect.element(field()).toHaveValue("half a sent");
  expect(sent).toEqual([]);
});

test("a message that waits for a moderator can be taken back, unless the server is away", async () => {
  const away = new AwazError({ code: "upstream", message: "the database", retryable: true });
  answers = [{ ok: true, id: "m", at: 1, held: true }, away];
  await open();
  await field().fill("see example.com");
  await byId("send").click();
  await expect.element(byId("unsent")).toMatchTextContent("Waiting for a moderator’s approval.");
  await byId("discard").click();
  await vi.waitFor(() => expect(sent).toHaveLength(2));
  await expect.element(byId("unsent")).toBeVisible();
  await byId("discard").click();
  await expect.element(byId("unsent")).toHaveLength(0);
});

test("characters are counted as people count them, from 400 on", async () => {
  await open();
  await field().fill("👨‍👩‍👧".repeat(400));
  await expect.element(byId("characters")).not.toBeInTheDocument();
  await field().fill("👨‍👩‍👧".repeat(501));
  await expect.element(byId("characters")).toMatchTextContent("501/500");
  await expect.element(byId("send")).toBeDisabled();
});

test("who may not write now is told why", async () => {
  await open();
  setMode({ who: "members" });
  await expect.element(byId("members-only")).toBeVisible();
  setMode({ who: "everybody", slow_s: 10 });
  await expect.element(page.getByText("Slow mode: one message every 10 seconds.")).toBeVisible();
});

test("the list follows its end, and counts what comes while somebody reads above", async () => {
  const element = await open();
  element.style.blockSize = "20rem";
  receive(...Array.from({ length: 30 }, (_, index) => wrote(`line ${index}`, index + 1)));
  await expect.element(page.getByText("line 29")).toBeInViewport();
  const scroll = element.renderRoot.querySelector("awaz-message-list")!.shadowRoot!.querySelector(".scroll")!;
  scroll.scrollTop = 0;
  await expect.element(page.getByText("line 29")).not.toBeInViewport();
  receive(wrote("one more", 31), wrote("and another", 32));
  await byId("new-messages").click();
  await expect.element(page.getByText("and another")).toBeInViewport();
  await expect.element(byId("new-messages")).not.toBeInTheDocument();
});

test("people change and delete their own messages, and answer those of others", async () => {
  await open(place({ userId: "guest:Bilal", name: "Bilal" }));
  receive(wrote("frist", 1), wrote("hello", 2, "Ali"));
  await userEvent.hover(byId("message").first());
  await byId("edit").click();
  await expect.element(field()).toHaveValue("frist");
  await field().fill("first");
  await byId("send").click();
  await vi.waitFor(() => expect(sent).toEqual([["chat:edit", { station: "awaz", id: "m1", text: "first" }]]));
  await userEvent.hover(byId("message").nth(1));
  await byId("reply").click();
  await expect.poll(() => hasFocus(field())).toBe(true);
  await field().fill("hi");
  await byId("send").click();
  await vi.waitFor(() => expect(sent[1]).toMatchObject(["chat:send", { text: "hi", reply_to: "m2" }]));
});

test("a change that fails stays a change, and may be made in slow mode", async () => {
  const own = wrote("first", 1, "Bilal");
  receive({ ...own, data: { ...own.data, at: Date.now() } });
  setMode({ slow_s: 60 });
  await open(place({ userId: "guest:Bilal", name: "Bilal" }));
  await userEvent.hover(byId("message"));
  await byId("edit").click();
  answers = [new AwazError({ code: "upstream", message: "the database", retryable: true })];
  await field().fill("second");
  await byId("send").click();
  await expect.element(byId("composer-problem")).not.toBeEmptyDOMElement();
  await expect.element(byId("send")).toMatchTextContent("Save");
  await byId("send").click();
  await vi.waitFor(() => expect(sent.map(([name]) => name)).toEqual(["chat:edit", "chat:edit"]));
  await expect.element(field()).toHaveValue("");
});

test("presses in quick succession are all carried out", async () => {
  await open(moderator());
  receive(wrote("one", 1), wrote("two", 2));
  await expect.element(byId("delete")).toHaveLength(2);
  for (const button of byId("delete").elements()) button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const messages = () => sent.map(([, body]) => (body as { message: string }).message);
  await vi.waitFor(() => expect(messages()).toEqual(["m1", "m2"]));
});

test("a moderator acts with one press, and takes it back with another", async () => {
  await open(moderator());
  receive(wrote("buy", 1, "Spammer"));
  for (const [action, told] of [
    ["delete", "Deleted."],
    ["delete_all", "All messages of Spammer are deleted."],
    ["minute", "Spammer can’t write for a minute."],
    ["timeout", "Spammer can’t write for 10 minutes."],
    ["ban", "Spammer is banned."],
  ] as const) {
    sent = [];
    await userEvent.hover(byId("message"));
    await byId(action).click();
    await expect.element(byId("done")).toMatchTextContent(told);
    await byId("undo").click();
    await vi.waitFor(() => expect(sent[1]).toMatchObject(["chat:moderate", { action: "undo", undo: "u1" }]));
    expect(sent[0]?.[0]).toBe("chat:moderate");
  }
  await expectAccessible();
});

test("on a phone it is a sheet, whose button counts what was not seen", async () => {
  await open(place(), { sheet: true });
  await expect.element(byId("chat-unseen")).not.toBeInTheDocument();
  receive(wrote("hello", 1), wrote("there", 2));
  await expect.element(byId("chat-unseen")).toMatchTextContent("2");
  await byId("chat-open").click();
  await expect.element(byId("message")).toHaveLength(2);
  await expect.poll(() => hasFocus(byId("chat-close"))).toBe(true);
  await userEvent.keyboard("{Escape}");
  await expect.poll(() => hasFocus(byId("chat-open"))).toBe(true);
  await expect.element(byId("chat-unseen")).not.toBeInTheDocument();
});

test("mentions are marked, and told to screen readers in bundles", async () => {
  await open();
  receive(wrote("@Nadia hello", 1), wrote("@nadia?", 2));
  await expect.element(byId("message").first()).toHaveClass("mention");
  await expect.element(page.getByText("2 messages for you in the chat")).toBeInTheDocument();
});

test("a moderator writes an announcement", async () => {
  await open(moderator());
  await byId("announce").click();
  await field().fill("Requests till nine");
  await byId("send").click();
  await vi.waitFor(() => expect(sent[0]).toMatchObject(["chat:send", { text: "/announce Requests till nine" }]));
  await expect.element(byId("announce")).not.toBeChecked();
  await expect.element(byId("unsent")).toMatchTextContent(/^Requests till nine/);
  answers = [new AwazError({ code: "too_fast", message: "too many", retryable: true })];
  await byId("announce").click();
  await field().fill("And stay tuned");
  await byId("send").click();
  await expect.element(field()).toHaveValue("And stay tuned");
  await expect.element(byId("announce")).toBeChecked();
});

test("what a command says is shown to its author, and is no message", async () => {
  answers = [{ ok: true, at: 1, reply: "/np: what is playing" }];
  await open();
  await field().fill("/help");
  await byId("send").click();
  await expect.element(byId("command-reply")).toMatchTextContent("/np: what is playing");
  await expect.element(byId("unsent")).not.toBeInTheDocument();
  await field().fill("t");
  await expect.element(byId("command-reply")).toMatchTextContent("");
});

test("what a command has done can be taken back", async () => {
  answers = [{ ok: true, at: 1, reply: "3 messages deleted.", undo: "u7" }];
  await open(moderator());
  await field().fill("/clear");
  await byId("send").click();
  await expect.element(byId("done")).toMatchTextContent("3 messages deleted.");
  await byId("undo").click();
  await vi.waitFor(() => expect(sent[1]).toEqual(["chat:moderate", { station: "awaz", action: "undo", undo: "u7" }]));
});

test("a timeout is told, and does not keep from trying again once it is lifted", async () => {
  answers = [new AwazError({ code: "timed_out", message: "timed out", retryable: true, retry_after: 599 })];
  await open();
  await field().fill("hello");
  await byId("send").click();
  await expect
    .element(byId("composer-problem"))
    .toMatchTextContent("A moderator has timed you out. You can write again in 9:59.");
  await expect.element(byId("send")).toBeEnabled();
});

test("reactions are sent with one press, and everybody's float by", async () => {
  await open();
  await byId("react-clap").click();
  expect(sent).toEqual([["interaction:react", { station: "awaz", kind: "clap" }]]);
  reacted({ heart: 3, fire: 200 });
  await expect.element(byId("floating")).toHaveLength(8);
  await expect.element(byId("floating")).toHaveLength(0);
});

test("the pinned message stays above the others", async () => {
  await open(moderator());
  chat.update({ ...chat.state!, pinned: said("Requests till nine", 1) });
  await expect.element(byId("pinned")).toMatchTextContent("Bilal: Requests till nine");
  await byId("unpin").click();
  expect(sent).toEqual([["chat:moderate", { station: "awaz", action: "unpin" }]]);
});

test("what waits for a moderator is above the composer, and leaves it with one press", async () => {
  waiting = [said("see example.com", 1)];
  await mount("awaz-held-messages", {}, { chat: moderator() });
  await expect.element(byId("held-message")).toMatchTextContent("Bilal: see example.com");
  chat.take({ event: "chat:held", data: { message: said("and this", 2) } } as never);
  await expect.element(byId("held-message")).toHaveLength(2);
  await byId("approve").first().click();
  expect(sent).toEqual([["chat:moderate", { station: "awaz", action: "approve", message: "m1" }]]);
  await expect.element(byId("done")).toMatchTextContent("Shown.");
  chat.take({ event: "chat:settled", data: { ids: ["m1", "m2"] } } as never);
  await expect.element(byId("held")).not.toBeInTheDocument();
  await expectAccessible();
});

test("a closed sheet says how much waits for a moderator", async () => {
  waiting = [{ ...said("see example.com", 1), held: true }];
  const shown = await open(moderator(), { sheet: true });
  const held = document.createElement("awaz-held-messages");
  held.slot = "held";
  shown.append(held);
  await expect.element(byId("chat-waiting")).toMatchTextContent("1 waiting");
  await expectAccessible();
  await byId("chat-open").click();
  await expect.element(byId("held-message")).toBeVisible();
});

test("what listeners report is deleted or left with one press", async () => {
  reported = [{ message: said("buy", 1), reasons: ["spam"], count: 2 }];
  await mount("awaz-held-messages", {}, { chat: moderator() });
  await expect.element(byId("report")).toMatchTextContent("Bilal: buy spam");
  chat.take({ event: "chat:report", data: { message: said("insult", 2), reason: "", by: "Ali" } } as never);
  await expect.element(byId("report")).toHaveLength(2);
  await byId("dismiss").first().click();
  await expect.element(byId("report")).toHaveLength(1);
  await byId("delete-reported").click();
  expect(sent.map(([, body]) => body)).toMatchObject([
    { action: "dismiss", message: "m2" },
    { action: "delete", message: "m1" },
  ]);
  await expectAccessible();
});

test("a listener reports a message, and is told so", async () => {
  await open();
  receive(wrote("buy", 1, "Spammer"));
  await userEvent.hover(byId("message"));
  await byId("report").click();
  await expect.element(byId("done")).toMatchTextContent("Reported.");
  expect(sent).toEqual([["chat:report", { station: "awaz", message: "m1", reason: "" }]]);
});

test("a moderator opens the card of who wrote", async () => {
  const card = { id: "guest:Bilal", name: "Bilal", since: 1, messages: 3, deleted: 1, recent: [said("hello", 1)] };
  const sanctions = [{ kind: "timeout", reason: "calm down", made_by: "Sara", until: 2 }];
  const actions = [{ at: 1, action: "timeout.add", by: "Sara", reason: "calm down" }];
  answering({ "GET /api/v1/stations/awaz/chat/people/guest%3ABilal": { body: { ...card, sanctions, actions } } });
  await open(moderator());
  receive(wrote("hello", 1));
  await byId("person-of").click();
  await expect.element(byId("person")).toMatchTextContent("Messages: 3 · deleted: 1");
  await expect.element(byId("sanction")).toMatchTextContent("Timed out");
  await expectAccessible();
  await byId("lift").click();
  expect(sent).toEqual([["chat:moderate", { station: "awaz", action: "unban", user: "guest:Bilal" }]]);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await expect.element(byId("person")).not.toBeInTheDocument();
});

test("a raid is stopped by one press, and the mode is changed field by field", async () => {
  await mount("awaz-chat-mode", {}, { chat: moderator() });
  await expect.element(byId("chat-mode")).toMatchTextContent("Everybody can write");
  await byId("raid").click();
  setMode({ raid_until: Date.now() + 600_000, who: "members", slow_s: 30, links: "hold" });
  await expect.element(byId("raid-on")).toMatchTextContent(/(10:00|9:5\d) left/);
  await expect
    .element(byId("chat-mode"))
    .toMatchTextContent("People with an account can write · slow mode: 30 seconds · links wait");
  await byId("raid-end").click();
  await byId("chat-mode").click();
  await byId("mode-slow_s").selectOptions("10");
  await byId("mode-off_air").click();
  expect(sent.map(([, body]) => body)).toEqual([
    { station: "awaz", raid: true },
    { station: "awaz", raid: false },
    { station: "awaz", slow_s: 10 },
    { station: "awaz", off_air: false },
  ]);
  await expectAccessible();
});
