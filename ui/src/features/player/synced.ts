import type { SyncedHandlers, SyncedStream, TimeSource } from "../../sdk/audio/synced-stream.ts";
import type { Stream } from "./streams.ts";

/** Opens a stream in an `<audio>` element in sync with everybody; undefined where that cannot be done. */
export type OpenSynced = (
  audio: HTMLAudioElement,
  stream: Stream,
  handlers: SyncedHandlers,
  delayS: () => number,
) => SyncedStream | undefined;

/** Opens nothing: what is played, is played as by any player. */
export const NEVER_SYNCED: OpenSynced = () => undefined;

type Engine = typeof import("../../sdk/audio/synced-stream.ts");

/** Whether what a script feeds to the browser stops when the page is not seen: on iPhones. */
export function endsWhenHidden(): boolean {
  return !globalThis.MediaSource && "ManagedMediaSource" in globalThis;
}

/** Whether the listener wants no more to be sent than the sound. */
function savesData(): boolean {
  // Safari and Firefox do not tell.
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

/** Loads the engine, and returns the way to open a station's streams: until it is loaded, nothing is opened. */
export function syncedBy(timeOf: (slug: string) => TimeSource): (slug: string) => OpenSynced {
  if (savesData()) return () => NEVER_SYNCED;
  let engine: Engine | undefined;
  import("../../sdk/audio/synced-stream.ts").then(
    (loaded) => (engine = loaded),
    // The line is bad: any player does.
    () => undefined,
  );
  return (slug) => (audio, stream, handlers, delayS) =>
    engine?.SyncedStream.canPlay(stream)
      ? new engine.SyncedStream(audio, stream, timeOf(slug), handlers, delayS)
      : undefined;
}
