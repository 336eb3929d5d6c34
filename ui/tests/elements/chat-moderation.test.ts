import { beforeEach, expect, test, vi } from "vitest";
import { page, userEvent } from "vitest/browser";
import "../../src/features/chat/chat.ts";
import "../../src/features/chat/held.ts";
import "../../src/features/chat/mode.ts";
import "../../src/features/chat/person-card.ts";
import { AwazError } from "../../src/sdk/errors.ts";
import { said, wrote } from "../fixtures.ts";
import { byId, expectAccessible, mount } from "./mount.ts";
import { answering } from "./server.ts";
import { beginTalk, field, moderator, open, receive, setMode, talk } from "./talk.ts";

beforeEach(beginTalk);

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
    talk.sent = [];
    await userEvent.hover(byId("message"));
    await byId(action).click();
    await expect.element(byId("done")).toMatchTextContent(told);
    await byId("undo").click();
    await vi.waitFor(() => expect(talk.sent[1]).toMatchObject(["chat:moderate", { action: "undo", undo: "u1" }]));
    expect(talk.sent[0]?.[0]).toBe("chat:moderate");
  }
  await expectAccessible();
});

test("a moderator writes an announcement", async () => {
  await open(moderator());
  await byId("announce").click();
  await field().fill("Requests till nine");
  await byId("send").click();
  await vi.waitFor(() => expect(talk.sent[0]).toMatchObject(["chat:send", { text: "/announce Requests till nine" }]));
  await expect.element(byId("announce")).not.toBeChecked();
  await expect.element(byId("unsent")).toMatchTextContent(/^Requests till nine/);
  talk.answers = [new AwazError({ code: "too_fast", message: "too many", retryable: true })];
  await byId("announce").click();
  await field().fill("And stay tuned");
  await byId("send").click();
  await expect.element(field()).toHaveValue("And stay tuned");
  await expect.element(byId("announce")).toBeChecked();
});

test("what a command has done can be taken back", async () => {
  talk.answers = [{ ok: true, at: 1, reply: "3 messages deleted.", undo: "u7" }];
  await open(moderator());
  await field().fill("/clear");
  await byId("send").click();
  await expect.element(byId("done")).toMatchTextContent("3 messages deleted.");
  await byId("undo").click();
  await vi.waitFor(() =>
    expect(talk.sent[1]).toEqual(["chat:moderate", { station: "awaz", action: "undo", undo: "u7" }]),
  );
});

test("the pinned message stays above the others", async () => {
  await open(moderator());
  talk.chat.update({ ...talk.chat.state!, pinned: said("Requests till nine", 1) });
  await expect.element(byId("pinned")).toMatchTextContent("Bilal: Requests till nine");
  await byId("unpin").click();
  expect(talk.sent).toEqual([["chat:moderate", { station: "awaz", action: "unpin" }]]);
});

test("what waits for a moderator is above the composer, and leaves it with one press", async () => {
  talk.waiting = [said("see example.com", 1)];
  await mount("awaz-held-messages", {}, { chat: moderator() });
  await expect.element(byId("held-message")).toMatchTextContent("Bilal: see example.com");
  talk.chat.take({ event: "chat:held", data: { message: said("and this", 2) } } as never);
  await expect.element(byId("held-message")).toHaveLength(2);
  await byId("approve").first().click();
  expect(talk.sent).toEqual([["chat:moderate", { station: "awaz", action: "approve", message: "m1" }]]);
  await expect.element(byId("done")).toMatchTextContent("Shown.");
  talk.chat.take({ event: "chat:settled", data: { ids: ["m1", "m2"] } } as never);
  await expect.element(byId("held")).not.toBeInTheDocument();
  await expectAccessible();
});

test("a closed sheet says how much waits for a moderator", async () => {
  talk.waiting = [{ ...said("see example.com", 1), held: true }];
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
  talk.reported = [{ message: said("buy", 1), reasons: ["spam"], count: 2 }];
  await mount("awaz-held-messages", {}, { chat: moderator() });
  await expect.element(byId("report")).toMatchTextContent("Bilal: buy spam");
  talk.chat.take({ event: "chat:report", data: { message: said("insult", 2), reason: "", by: "Ali" } } as never);
  await expect.element(byId("report")).toHaveLength(2);
  await byId("dismiss").first().click();
  await expect.element(byId("report")).toHaveLength(1);
  await byId("delete-reported").click();
  expect(talk.sent.map(([, body]) => body)).toMatchObject([
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
  expect(talk.sent).toEqual([["chat:report", { station: "awaz", message: "m1", reason: "" }]]);
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
  expect(talk.sent).toEqual([["chat:moderate", { station: "awaz", action: "unban", user: "guest:Bilal" }]]);
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
  expect(talk.sent.map(([, body]) => body)).toEqual([
    { station: "awaz", raid: true },
    { station: "awaz", raid: false },
    { station: "awaz", slow_s: 10 },
    { station: "awaz", off_air: false },
  ]);
  await expectAccessible();
});
