import { msg, str } from "@lit/localize";
import { isOne, trackCount } from "../../i18n/plural.ts";
import type { TrackView } from "../../wire/schema.ts";

/** A warning about a track; empty if there is none. */
export function noteOf({ problem, duplicate_of, measured }: TrackView): string {
  if (problem !== undefined) return msg("Can’t be played");
  if (duplicate_of !== undefined) return msg("Possible duplicate");
  return measured === "waiting" ? msg("Measuring…") : "";
}

export function measuringText(count: number): string {
  return isOne(count) ? msg("measuring 1 track") : msg(str`measuring ${trackCount(count)}`);
}
