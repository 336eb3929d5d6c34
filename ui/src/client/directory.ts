import type { DigestEntry, OnAir } from "./wire.ts";

export type Directory = readonly DigestEntry[];

/** The list after a digest of what changed; stations not seen before come last. */
export function withDigest(directory: Directory, changed: readonly DigestEntry[]): Directory {
  const news = new Map(changed.map((entry) => [entry.station, entry]));
  const kept = directory.map((entry) => news.get(entry.station) ?? entry);
  const known = new Set(directory.map((entry) => entry.station));
  return [...kept, ...changed.filter((entry) => !known.has(entry.station))];
}

export function withOnAir(directory: Directory, station: string, onAir: OnAir): Directory {
  const before = directory.find((entry) => entry.station === station);
  if (!before) return [...directory, { station, on_air: onAir, listeners: 0 }];
  const { title, artist, ...rest } = before;
  const after: DigestEntry = { ...rest, on_air: onAir };
  if (onAir !== "offair") {
    if (title !== undefined) after.title = title;
    if (artist !== undefined) after.artist = artist;
  }
  return directory.map((entry) => (entry === before ? after : entry));
}
