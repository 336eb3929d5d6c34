import Sortable from "sortablejs";

const SETTLE_MS = 150;

export interface Dragging {
  readonly start: () => void;
  /** A row is dropped above another one, or with undefined below the last; rows are told by their `data-item`. */
  readonly drop: (id: string, before: string | undefined) => void;
}

/**
 * Let the rows of a list be dragged by their `.handle`, but for those with `data-fixed`; returns a function that ends
 * that. What Sortable has moved is put back when the drag ends: the list is Lit's, which renders the new order itself.
 */
export function dragRows(list: HTMLElement, { start, drop }: Dragging): () => void {
  let next: Node | null = null;
  const sortable = Sortable.create(list, {
    handle: ".handle",
    draggable: "li:not([data-fixed])",
    // The browser's own drag and drop does not work with fingers.
    forceFallback: true,
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : SETTLE_MS,
    ghostClass: "dragged",
    onStart: ({ item }) => {
      // The clone that follows the pointer is not in the document yet.
      next = item.nextSibling;
      start();
    },
    onEnd: ({ item }) => {
      const before = (item.nextElementSibling as HTMLElement | null)?.dataset["item"];
      list.insertBefore(item, next);
      drop(item.dataset["item"] ?? "", before);
    },
  });
  return () => sortable.destroy();
}
