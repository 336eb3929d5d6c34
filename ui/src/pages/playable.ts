import { reachable } from "../app/urls.ts";
import type { Playable } from "../features/player/playback.ts";
import type { DigestEntry } from "../wire/schema.ts";

/** What is played of a line of the directory. */
export function playableEntry({ station, name, streams, on_air }: DigestEntry): Playable {
  return { slug: station, name, streams: reachable(streams ?? []), onAir: on_air !== "offair" };
}
