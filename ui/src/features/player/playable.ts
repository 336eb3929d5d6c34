import { reachable } from "../../app/urls.ts";
import type { HeardStation } from "./heard.ts";
import type { Playable, Playback } from "./playback.ts";
import type { PlaybackStats } from "../../sdk/client.ts";
import type { StationState } from "../../sdk/state.ts";
import type { DigestEntry } from "../../wire/schema.ts";

/** The player's input for a line of the directory. */
export function playableEntry({ station, name, streams, on_air }: DigestEntry): Playable {
  return { slug: station, name, streams: reachable(streams ?? []), onAir: on_air !== "offair" };
}

/** The player's input for a station that was joined. */
export function playableStation({ station, onAir, quality }: StationState, heard: HeardStation): Playable {
  return {
    slug: heard.slug,
    name: station.name,
    streams: reachable(station.streams),
    onAir: onAir !== "offair",
    heardOnAir: heard.state?.onAir !== "offair",
    isHealthy: quality?.state === "good",
  };
}

/** How well a page plays, as it is reported; undefined while nothing plays. */
export function playbackStats(playback: Playback): PlaybackStats | undefined {
  if (!playback.station || !playback.isActive()) return undefined;
  const { bufferedMs, stalls, station, lagMs, sync, syncErrorMs } = playback;
  return {
    ...{ station: station.slug, buffer_ms: bufferedMs, stalls, mode: sync ?? "starting" },
    ...(lagMs !== undefined && { latency_ms: lagMs }),
    ...(syncErrorMs !== undefined && { sync_error_ms: syncErrorMs }),
  };
}
