import type { QueueItem, QueueView } from "../../wire/schema.ts";

/** Where an item can go: before another one, or with undefined to the end. */
export type Before = string | undefined;

/** The queue with an item moved, as it is shown until the server has answered. */
export function withMoved(queue: QueueView, id: string, before: Before): QueueView {
  const item = queue.items.find((each) => each.id === id);
  if (!item || id === before) return queue;
  const rest = queue.items.filter((each) => each !== item);
  const place = before === undefined ? -1 : rest.findIndex((each) => each.id === before);
  const at = place < 0 ? rest.length : place;
  return { ...queue, items: [...rest.slice(0, at), item, ...rest.slice(at)] };
}

/** The item that follows another one; undefined for the last. */
export function after(items: readonly QueueItem[], id: string): Before {
  return items[items.findIndex((each) => each.id === id) + 1]?.id;
}

/** Where an item goes that moves up or down by one; undefined if it cannot. */
export function stepOf(items: readonly QueueItem[], id: string, step: -1 | 1): { before: Before } | undefined {
  const place = items.findIndex((each) => each.id === id);
  const beside = items[place + step];
  if (place < 0 || !beside || beside.fixed || items[place]?.fixed) return undefined;
  return { before: step < 0 ? beside.id : after(items, beside.id) };
}
