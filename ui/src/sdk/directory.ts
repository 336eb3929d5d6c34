import type { DigestEntry, OnAirKind } from "../wire/schema.ts";

export type Directory = readonly DigestEntry[];

/** Update the listed stations, append new ones, and drop those that are gone. */
export function applyDigest(
  directory: Directory,
  changed: readonly DigestEntry[],
  removed: readonly string[] = [],
): Directory {
  const updates = new Map(changed.map((entry) => [entry.station, entry]));
  const updated = directory.map((entry) => withStreams(updates.get(entry.station) ?? entry, entry));
  const listed = new Set(directory.map((entry) => entry.station));
  const all = [...updated, ...changed.filter((entry) => !listed.has(entry.station))];
  return removed.length ? all.filter(({ station }) => !removed.includes(station)) : all;
}

/** A digest does not repeat where a listed station's streams are. */
function withStreams(entry: DigestEntry, before: DigestEntry): DigestEntry {
  return entry.streams || !before.streams ? entry : { ...entry, streams: before.streams };
}

/** Set a station's on-air state; a station that is off air has no title. */
export function applyOnAir(directory: Directory, station: string, onAir: OnAirKind): Directory {
  const before = directory.find((entry) => entry.station === station);
  if (!before) return [...directory, { station, name: station, on_air: onAir, listeners: 0, stream_url: "" }];
  const { title, artist, ...rest } = before;
  const after: DigestEntry = { ...rest, on_air: onAir };
  if (onAir !== "offair") {
    if (title !== undefined) after.title = title;
    if (artist !== undefined) after.artist = artist;
  }
  return directory.map((entry) => (entry === before ? after : entry));
}
