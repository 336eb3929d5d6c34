import type { Playback } from "./playback.ts";

const INTERACTIVE = "a, button, input, select, textarea, summary, audio, video, [contenteditable], [role]";

/**
 * Play and pause by the keys of the system, and by the space bar where nobody types, for as long as the document lives.
 * `toggle` is what the space bar does; it returns whether there was anything to do.
 */
export function controlBySystem(playback: Playback, toggle: () => boolean): void {
  const session = navigator.mediaSession;
  session?.setActionHandler("play", () => playback.play());
  session?.setActionHandler("pause", () => playback.stop());
  session?.setActionHandler("stop", () => playback.stop());
  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (event.key !== " " || event.repeat || modified || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(INTERACTIVE)) return;
    if (toggle()) event.preventDefault();
  });
  playback.subscribe(() => {
    if (session) session.playbackState = playback.isActive() ? "playing" : playback.station ? "paused" : "none";
  });
}
