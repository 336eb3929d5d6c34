import { whenIdle } from "../../app/when-idle.ts";
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

/** Returns what opens a station's streams, or will be there soon. */
export type Synced = (slug: string) => OpenSynced | Promise<OpenSynced>;

type Engine = typeof import("../../sdk/audio/synced-stream.ts");

/** A listener who has pressed play waits no longer for the engine. */
const LOADED_WITHIN_MS = 1_000;

/** Whether what a script feeds to the browser stops when the page is not seen: on iPhones. */
export function endsWhenHidden(): boolean {
  return !globalThis.MediaSource && "ManagedMediaSource" in globalThis;
}

/** Whether the listener wants no more to be sent than the sound. */
function savesData(): boolean {
  // Safari and Firefox do not tell.
  return (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;
}

/** Loads the engine once the page is idle, or when it is asked for; a page that does not get it plays as any player. */
export function syncedBy(timeOf: (slug: string) => TimeSource, loading = importEngine): Synced {
  if (savesData()) return () => NEVER_SYNCED;
  let engine: Engine | undefined;
  const load = async (): Promise<void> => {
    // A bad line may not bring it.
    engine ??= await loading().catch(() => undefined);
  };
  const openerOf =
    (slug: string): OpenSynced =>
    (audio, stream, handlers, delayS) =>
      engine?.SyncedStream.canPlay(stream)
        ? new engine.SyncedStream(audio, stream, timeOf(slug), handlers, delayS)
        : undefined;
  void whenIdle(load);
  return (slug) =>
    engine ? openerOf(slug) : Promise.race([load(), passed(LOADED_WITHIN_MS)]).then(() => openerOf(slug));
}

function importEngine(): Promise<Engine> {
  return import("../../sdk/audio/synced-stream.ts");
}

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
