import type { StationState } from "../../sdk/state.ts";

const SITE = "Awaz Pulse";

/** The title of a station's page, or of the home page: the track, so that it is seen among the browser's tabs. */
export function titleOf(state: StationState | undefined): string {
  if (!state) return SITE;
  const { station } = state;
  const track = trackOf(state);
  const text = track?.title ? [track.title, track.artist].filter(Boolean).join(" – ") : "";
  return text && text !== station.name ? `${text} · ${station.name}` : `${station.name} · ${SITE}`;
}

/** Show the current track on the lock screen. */
export function updateMediaSession(state: StationState | undefined): void {
  if (!state || !navigator.mediaSession) return;
  const { station, metadata } = state;
  const track = trackOf(state);
  const next = {
    title: track?.title || station.name,
    artist: track?.artist ?? "",
    album: metadata?.show ?? station.name,
  };
  const current = navigator.mediaSession.metadata;
  if (current && current.title === next.title && current.artist === next.artist && current.album === next.album) return;
  navigator.mediaSession.metadata = new MediaMetadata(next);
}

function trackOf({ onAir, metadata }: StationState) {
  return onAir === "offair" ? undefined : metadata?.track;
}
