import type { Playback } from "./playback.ts";

/**
 * Play and pause by the keys of the system, and tell it what plays, for as long as the document lives. Radio has no next
 * track: where a lock screen has that button, it likes the one that is heard.
 */
export function controlBySystem(playback: Playback, like: () => void): void {
  const session = navigator.mediaSession;
  session?.setActionHandler("play", () => playback.play());
  session?.setActionHandler("pause", () => playback.stop());
  session?.setActionHandler("nexttrack", like);
  session?.setActionHandler("stop", () => playback.stop());
  playback.subscribe(() => {
    if (session) session.playbackState = playback.isActive() ? "playing" : playback.station ? "paused" : "none";
  });
}
