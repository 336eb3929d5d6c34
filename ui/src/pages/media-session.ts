import type { StationState } from "../client/state.ts";

/** Put what is heard into the window's title and on the lock screen. */
export function tellSystem(state: StationState | undefined): void {
  if (!state) return;
  const { station, metadata, onAir } = state;
  const track = onAir === "offair" ? undefined : metadata?.track;
  const heard = track?.title ? [track.title, track.artist].filter(Boolean).join(" – ") : "";
  document.title = heard && heard !== station.name ? `${heard} · ${station.name}` : `${station.name} · Awaz Pulse`;
  if (!navigator.mediaSession) return;
  const shown = { title: track?.title || station.name, artist: track?.artist ?? "", album: metadata?.show ?? station.name };
  const now = navigator.mediaSession.metadata;
  if (now && now.title === shown.title && now.artist === shown.artist && now.album === shown.album) return;
  navigator.mediaSession.metadata = new MediaMetadata(shown);
}
