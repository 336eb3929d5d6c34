import type { StationState } from "../../sdk/state.ts";

/** Show the current track in the document title and on the lock screen. */
export function updateMediaSession(state: StationState | undefined): void {
  if (!state) return;
  const { station, metadata, onAir } = state;
  const track = onAir === "offair" ? undefined : metadata?.track;
  const text = track?.title ? [track.title, track.artist].filter(Boolean).join(" – ") : "";
  document.title = text && text !== station.name ? `${text} · ${station.name}` : `${station.name} · Awaz Pulse`;
  if (!navigator.mediaSession) return;
  const next = {
    title: track?.title || station.name,
    artist: track?.artist ?? "",
    album: metadata?.show ?? station.name,
  };
  const current = navigator.mediaSession.metadata;
  if (current && current.title === next.title && current.artist === next.artist && current.album === next.album) return;
  navigator.mediaSession.metadata = new MediaMetadata(next);
}
