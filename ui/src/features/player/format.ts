import type { Format } from "./streams.ts";

const KEY = "awaz.format";

/** The format that the listener chose; undefined leaves it to the player. */
export function loadFormat(): Format | undefined {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "mp3" || kept === "aac" ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function saveFormat(format: Format): void {
  try {
    localStorage.setItem(KEY, format);
  } catch {
    // The store is full or forbidden; the choice holds for this page.
  }
}
