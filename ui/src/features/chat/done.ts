import type { Done } from "../../kit/undo.ts";
import type { Chat } from "../../sdk/chat.ts";

/** The notice of an action, with an undo if the server gave a token for it. */
export function doneWith(chat: Chat, text: string, undo: string | undefined): Done {
  return { text, ...(undo !== undefined && { undo: () => chat.undo(undo) }) };
}
