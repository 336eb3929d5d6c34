import type { ChatPanel } from "../../src/features/chat/chat.ts";
import type { ChatPlace } from "../../src/app/contexts.ts";
import { applyChat, chatFromSnapshot } from "../../src/sdk/chat-state.ts";
import { Chat } from "../../src/sdk/chat.ts";
import type { AnyMessage } from "../../src/sdk/messages.ts";
import type { ChatMessageView, ChatModeView, ReportView } from "../../src/wire/schema.ts";
import { snapshot } from "../fixtures.ts";
import { byId, mount } from "./mount.ts";

/** A chat without a server: `answers` are given in turn to the commands that it sends. */
export const talk = {} as {
  chat: Chat;
  sent: [string, object][];
  answers: (object | Error)[];
  waiting: ChatMessageView[];
  reported: ReportView[];
  reacted: Parameters<ChatPlace["onReactions"]>[0];
};

/** An empty chat, for the next test. */
export function beginTalk(): void {
  localStorage.clear();
  const request = (name: string, body: object) => {
    talk.sent.push([name, body]);
    const answer = talk.answers.shift() ?? { ok: true, id: "m", at: 1, undo: "u1" };
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  const none = () => Promise.resolve({ items: [] });
  const held = () => Promise.resolve({ messages: talk.waiting });
  const reports = () => Promise.resolve({ reports: talk.reported });
  const chat = new Chat(
    "awaz",
    {
      request: request as never,
      isConnected: () => true,
      leaveOtherRooms: () => undefined,
      now: Date.now,
      lagMs: () => undefined,
      before: none,
      held,
      reports,
    },
    (end) => end,
  );
  chat.update(chatFromSnapshot(snapshot().chat!));
  Object.assign(talk, { chat, sent: [], answers: [], waiting: [], reported: [] });
}

export const place = (more: Partial<ChatPlace> = {}): ChatPlace => ({
  slug: "awaz",
  chat: talk.chat,
  userId: "guest:me",
  name: "Nadia",
  isStaff: false,
  now: () => Date.now(),
  onReactions: (listener) => {
    talk.reacted = listener;
    return () => undefined;
  },
  ...more,
});

export const moderator = () => place({ userId: "u1", name: "Sara", isStaff: true });

export const receive = (...messages: AnyMessage[]) => talk.chat.update(messages.reduce(applyChat, talk.chat.state!));

export const open = (around: ChatPlace = place(), properties: Partial<ChatPanel> = {}) =>
  mount<ChatPanel>("awaz-chat", properties, { chat: around });

export const setMode = (mode: Partial<ChatModeView>) =>
  talk.chat.update({ ...talk.chat.state!, mode: { ...talk.chat.state!.mode, ...mode } });

export const field = () => byId("composer");
