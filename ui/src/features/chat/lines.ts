import type { ChatMessageView } from "../../wire/schema.ts";

/** Messages of one person within this time are one group. */
const GROUP_MS = 5 * 60_000;

/** What a list of messages shows: where a day begins, and a message, which may begin a group. */
export type ListItem =
  { readonly day: number } | { readonly message: ChatMessageView; readonly first: boolean; readonly day?: undefined };

export function itemsOf(messages: readonly ChatMessageView[]): ListItem[] {
  const items: ListItem[] = [];
  let before: ChatMessageView | undefined;
  for (const message of messages) {
    const isNewDay = !before || dayOf(before.at) !== dayOf(message.at);
    if (isNewDay) items.push({ day: message.at });
    items.push({ message, first: isNewDay || !isOfGroup(message, before) });
    before = message;
  }
  return items;
}

function isOfGroup(message: ChatMessageView, before: ChatMessageView | undefined): boolean {
  return (
    before?.user.id === message.user.id &&
    before.user.name === message.user.name &&
    message.at - before.at < GROUP_MS &&
    !message.announcement &&
    !before.announcement &&
    message.reply_to === undefined
  );
}

function dayOf(at: number): string {
  return new Date(at).toDateString();
}

/** Whether a message names somebody with an @ before. */
export function mentions(text: string, name: string | undefined): boolean {
  if (!name) return false;
  const [folded, wanted] = [text.toLocaleLowerCase(), `@${name.toLocaleLowerCase()}`];
  const at = folded.indexOf(wanted);
  if (at < 0) return false;
  return !/[\p{L}\p{N}]$/u.test(folded.slice(0, at)) && !/^[\p{L}\p{N}]/u.test(folded.slice(at + wanted.length));
}
