import type { Playback } from "./playback.ts";

/** Play and pause by the keys of the system, and tell it what plays, for as long as the document lives. */
export function controlBySystem(playback: Playback): void {
  const session = navigator.mediaSession;
  session?.setActionHandler("play", () => playback.play());
  session?.setActionHandler("pause", () => playback.stop());
  session?.setActionHandler("stop", () => playback.stop());
  playback.subscribe(() => {
    if (session) session.playbackState = playback.isActive() ? "playing" : playback.station ? "paused" : "none";
  });
}
