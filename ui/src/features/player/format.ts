import { keep, kept } from "../../app/kept.ts";
import type { Format } from "./streams.ts";

const KEY = "awaz.format";

/** The format that the listener chose; undefined leaves it to the player. */
export function loadFormat(): Format | undefined {
  const format = kept(KEY);
  return format === "mp3" || format === "aac" ? format : undefined;
}

export function saveFormat(format: Format): void {
  keep(KEY, format);
}
