import type { TrackView } from "../../wire/schema.ts";

/** The tracks that are selected, by id. */
export type Selection = ReadonlyMap<string, TrackView>;

export function selectionOf(tracks: readonly TrackView[]): Selection {
  return new Map(tracks.map((track) => [track.id, track]));
}

/** A selection with some tracks, or without them. */
export function withTracks(selection: Selection, tracks: readonly TrackView[], isSelected: boolean): Selection {
  if (isSelected) return new Map([...selection, ...selectionOf(tracks)]);
  const ids = new Set(tracks.map(({ id }) => id));
  return new Map([...selection].filter(([id]) => !ids.has(id)));
}

/** A selection whose tracks are as they are in the list now. */
export function broughtUpToDate(selection: Selection, list: readonly TrackView[]): Selection {
  const now = selectionOf(list.filter(({ id }) => selection.has(id)));
  return new Map([...selection, ...now]);
}
