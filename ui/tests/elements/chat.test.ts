import { beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/chat/chat.ts";
import { AwazError } from "../../src/sdk/errors.ts";
import { wrote } from "../fixtures.ts";
import { byId, expectAccessible, hasFocus } from "./mount.ts";
import { beginTalk, field, moderator, open, place, receive, setMode, talk } from "./talk.ts";

beforeEach(beginTalk);

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
  expect(talk.sent).toEqual([]);
  await userEvent.keyboard("{Enter}");
  await vi.waitFor(() =>
    expect(talk.sent[0]).toMatchObject([
      "chat:send",
      { station: "awaz", text: expect.stringMatching("سلام") as string },
    ]),
  );
  await expect.element(byId("unsent")).toBeVisible();
  await expect.element(field()).toHaveValue("");
});

test("what the server refuses is given back with the reason, and the button counts down", async () => {
  talk.answers = [new AwazError({ code: "too_fast", message: "slow mode", retryable: true, retry_after: 7 })];
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
  await page.getByRole("button", { name: "Save and send" }).click();
  await vi.waitFor(() => expect(talk.sent.map(([name]) => name)).toEqual(["chat:send"]));
  expect(rename).toHaveBeenCalledWith("Nadia");
  await expect.poll(() => hasFocus(field())).toBe(true);
});

test("a message that was kept back from the form for a name is not sent by another name later", async () => {
  await open(place({ rename: () => Promise.resolve() }));
  await field().fill("hello");
  await byId("send").click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await byId("rename").click();
  await byId("chat-name").fill("Nadia");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect.element(field()).toHaveValue("hello");
  expect(talk.sent).toEqual([]);
});

test("another name sends nothing that was only begun", async () => {
  localStorage.setItem("awaz.chat.named", "1");
  await open(place({ rename: () => Promise.resolve() }));
  await field().fill("half a sent");
  await byId("rename").click();
  await byId("chat-name").fill("Nadia");
  await byId("chat-name-save").click();
  await expect.element(field()).toHaveValue("half a sent");
  expect(talk.sent).toEqual([]);
});

test("a message that waits for a moderator can be taken back, unless the server is away", async () => {
  const away = new AwazError({ code: "upstream", message: "the database", retryable: true });
  talk.answers = [{ ok: true, id: "m", at: 1, held: true }, away];
  await open();
  await field().fill("see example.com");
  await byId("send").click();
  await expect.element(byId("unsent")).toMatchTextContent("Waiting for a moderator’s approval.");
  await byId("discard").click();
  await vi.waitFor(() => expect(talk.sent).toHaveLength(2));
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
  await vi.waitFor(() => expect(talk.sent).toEqual([["chat:edit", { station: "awaz", id: "m1", text: "first" }]]));
  await userEvent.hover(byId("message").nth(1));
  await byId("reply").click();
  await expect.poll(() => hasFocus(field())).toBe(true);
  await field().fill("hi");
  await byId("send").click();
  await vi.waitFor(() => expect(talk.sent[1]).toMatchObject(["chat:send", { text: "hi", reply_to: "m2" }]));
});

test("a change that fails stays a change, and may be made in slow mode", async () => {
  const own = wrote("first", 1, "Bilal");
  receive({ ...own, data: { ...own.data, at: Date.now() } });
  setMode({ slow_s: 60 });
  await open(place({ userId: "guest:Bilal", name: "Bilal" }));
  await userEvent.hover(byId("message"));
  await byId("edit").click();
  talk.answers = [new AwazError({ code: "upstream", message: "the database", retryable: true })];
  await field().fill("second");
  await byId("send").click();
  await expect.element(byId("composer-problem")).not.toBeEmptyDOMElement();
  await expect.element(byId("send")).toMatchTextContent("Save");
  await byId("send").click();
  await vi.waitFor(() => expect(talk.sent.map(([name]) => name)).toEqual(["chat:edit", "chat:edit"]));
  await expect.element(field()).toHaveValue("");
});

test("presses in quick succession are all carried out", async () => {
  await open(moderator());
  receive(wrote("one", 1), wrote("two", 2));
  await expect.element(byId("delete")).toHaveLength(2);
  for (const button of byId("delete").elements()) button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  const messages = () => talk.sent.map(([, body]) => (body as { message: string }).message);
  await vi.waitFor(() => expect(messages()).toEqual(["m1", "m2"]));
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

test("what a command says is shown to its author, and is no message", async () => {
  talk.answers = [{ ok: true, at: 1, reply: "/np: what is playing" }];
  await open();
  await field().fill("/help");
  await byId("send").click();
  await expect.element(byId("command-reply")).toMatchTextContent("/np: what is playing");
  await expect.element(byId("unsent")).not.toBeInTheDocument();
  await field().fill("t");
  await expect.element(byId("command-reply")).toMatchTextContent("");
});

test("a timeout is told, and does not keep from trying again once it is lifted", async () => {
  talk.answers = [new AwazError({ code: "timed_out", message: "timed out", retryable: true, retry_after: 599 })];
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
  expect(talk.sent).toEqual([["interaction:react", { station: "awaz", kind: "clap" }]]);
  talk.reacted({ heart: 3, fire: 200 });
  await expect.element(byId("floating")).toHaveLength(8);
  await expect.element(byId("floating")).toHaveLength(0);
});
