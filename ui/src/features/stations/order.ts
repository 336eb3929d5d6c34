import type { DigestEntry } from "../../wire/schema.ts";

const RANK: Record<string, number> = { live: 0, upload: 1, autodj: 2, offair: 3 };

/** Stations as the home page shows them: live ones first, then by their listeners and their names. */
export function ordered(stations: readonly DigestEntry[]): DigestEntry[] {
  const rank = ({ on_air }: DigestEntry) => RANK[on_air] ?? 2;
  return [...stations].sort((a, b) => rank(a) - rank(b) || b.listeners - a.listeners || a.name.localeCompare(b.name));
}

/** The stations that a search finds, by name, title or artist, whatever the case and the marks above letters. */
export function found(stations: readonly DigestEntry[], search: string): DigestEntry[] {
  const wanted = folded(search.trim());
  return stations.filter(({ name, station, title = "", artist = "" }) =>
    [name, station, title, artist].some((text) => folded(text).includes(wanted)),
  );
}

function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}
