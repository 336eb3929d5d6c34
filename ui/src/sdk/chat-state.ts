import { DELIVERY } from "../wire/events.ts";
import { isKnown, type AnyMessage } from "./messages.ts";
import type { ChatMessageMessage, ChatMessageView, ChatModeView, ChatState as ChatSnapshot } from "../wire/schema.ts";

/** As many as a page shows; older ones are fetched. */
const MAX_MESSAGES = 200;

export interface ChatState {
  readonly epoch: string;
  readonly seq: number;
  /** The newest messages, the oldest of them first. */
  readonly messages: readonly ChatMessageView[];
  readonly mode: ChatModeView;
  readonly pinned: ChatMessageView | undefined;
}

export function chatFromSnapshot({ epoch, seq, messages, mode, pinned }: ChatSnapshot): ChatState {
  return { epoch, seq, messages, mode, pinned };
}

/**
 * Whether an event of the chat's log is the next one, outdated, or evidence that an earlier one is missing; or whether it
 * is only told, and has no place in the log.
 */
export function classifyChat(state: ChatState, { event, data }: AnyMessage): "apply" | "drop" | "gap" | "tell" {
  if (data.epoch !== state.epoch) return "gap";
  const isOrdered = !(event in DELIVERY) || DELIVERY[event as keyof typeof DELIVERY] === "ordered";
  if (!isOrdered) return "tell";
  if (data.seq <= state.seq) return "drop";
  return data.seq === state.seq + 1 ? "apply" : "gap";
}

/** Apply an event that `classifyChat` returned "apply" for. */
export function applyChat(before: ChatState, message: AnyMessage): ChatState {
  const state = { ...before, seq: message.data.seq };
  if (!isKnown(message)) return state;
  const { event, data } = message;
  switch (event) {
    case "chat:message":
      return { ...state, messages: [...state.messages, viewOf(data)].slice(-MAX_MESSAGES) };
    case "chat:edited":
      return {
        ...state,
        messages: withText(state.messages, data.id, data.text),
        pinned: state.pinned && withText([state.pinned], data.id, data.text)[0],
      };
    case "chat:deleted":
      return {
        ...state,
        messages: state.messages.filter(({ id }) => !data.ids.includes(id)),
        pinned: state.pinned && data.ids.includes(state.pinned.id) ? undefined : state.pinned,
      };
    case "chat:restored":
      return { ...state, messages: merged(state.messages, data.messages) };
    case "chat:mode": {
      const { slow_s, who, links, off_air, hold_new, raid_until } = data;
      const mode = { slow_s, who, links, off_air, hold_new, ...(raid_until !== undefined && { raid_until }) };
      return { ...state, mode };
    }
    case "chat:pinned":
      return { ...state, pinned: data.message };
    default:
      return state;
  }
}

/** Messages of two lists, each once and in the order of the log. */
export function merged(one: readonly ChatMessageView[], other: readonly ChatMessageView[]): ChatMessageView[] {
  const all = new Map([...one, ...other].map((message) => [message.id, message]));
  return [...all.values()].sort(inOrder);
}

/** Less than 0 for a message that is before another one in the log. */
export function inOrder(a: ChatMessageView, b: ChatMessageView): number {
  return a.at - b.at || (a.seq ?? 0) - (b.seq ?? 0);
}

function viewOf(message: ChatMessageMessage): ChatMessageView {
  const { id, user, text, client_id, reply_to, announcement, position, at, seq } = message;
  return {
    id,
    user,
    text,
    client_id,
    at,
    seq,
    ...(reply_to !== undefined && { reply_to }),
    ...(announcement && { announcement }),
    ...(position && { position }),
  };
}

/** Messages, with another text of one of them. */
export function withText(messages: readonly ChatMessageView[], id: string, text: string): ChatMessageView[] {
  return messages.map((message) => (message.id === id ? { ...message, text, edited: true } : message));
}
