import { msg } from "@lit/localize";
import type { paths } from "../../wire/schema.ts";

type Query = NonNullable<paths["/api/v1/stations/{slug}/tracks"]["get"]["parameters"]["query"]>;
export type View = NonNullable<Query["view"]>;
export type Sort = NonNullable<Query["sort"]>;

export const views = (): readonly (readonly [View, string])[] => [
  ["all", msg("All tracks")],
  ["new", msg("New this week")],
  ["never_played", msg("Never played")],
  ["loved", msg("Liked by listeners")],
  ["untagged", msg("No artist or title")],
  ["duplicates", msg("Possible duplicates")],
  ["unplayable", msg("Can’t be played")],
];

export const sorts = (): readonly (readonly [Sort, string])[] => [
  ["added", msg("Newest first")],
  ["title", msg("By title")],
  ["artist", msg("By artist")],
];

/** The text of an empty list. */
export function emptyText(search: string, view: View): string {
  if (search) return msg("No tracks match.");
  return view === "all" ? msg("No music yet. Upload some and AutoDJ starts playing it.") : msg("There are none.");
}
