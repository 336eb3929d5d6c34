import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Playback } from "./playback.ts";

type Host = ReactiveControllerHost & { readonly playback: Playback };

/** Renders an element again whenever its playback changes. */
export class PlaybackUpdates implements ReactiveController {
  readonly #host: Host;
  #unsubscribe: (() => void) | undefined;

  constructor(host: Host) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  hostUpdate(): void {
    // Not before: an element that is loaded later is given its playback with its first update.
    this.#unsubscribe ??= this.#host.playback.subscribe(() => this.#host.requestUpdate());
  }

  hostDisconnected(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = undefined;
  }
}
