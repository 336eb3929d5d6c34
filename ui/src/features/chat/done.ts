import type { Done } from "../../kit/undo.ts";
import type { Chat } from "../../sdk/chat.ts";

/** What a moderator did, which the token takes back if there is one. */
export function doneWith(chat: Chat, text: string, undo: string | undefined): Done {
  return { text, ...(undo !== undefined && { undo: () => chat.undo(undo) }) };
}
