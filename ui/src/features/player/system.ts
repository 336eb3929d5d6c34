import type { Playback } from "./playback.ts";

const INTERACTIVE = "a, button, input, select, textarea, summary, audio, video, [contenteditable], [role]";

/** Play and pause by the keys of the system, and by the space bar where nobody types; returns a function that ends it. */
export function controlBySystem(playback: Playback, current: () => void): () => void {
  const session = navigator.mediaSession;
  session?.setActionHandler("play", () => playback.play());
  session?.setActionHandler("pause", () => playback.stop());
  session?.setActionHandler("stop", () => playback.stop());
  const onKey = (event: KeyboardEvent): void => {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (event.key !== " " || event.repeat || modified || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(INTERACTIVE)) return;
    event.preventDefault();
    current();
  };
  document.addEventListener("keydown", onKey);
  const unsubscribe = playback.subscribe(() => {
    if (session) session.playbackState = playback.isActive() ? "playing" : playback.station ? "paused" : "none";
  });
  return () => {
    document.removeEventListener("keydown", onKey);
    unsubscribe();
  };
}
