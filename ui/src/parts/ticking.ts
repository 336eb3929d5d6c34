import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Renders its element again and again while it is on the page, for texts that depend on the time. */
export class Ticking implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost, everyMs: number) {
    this.#host = host;
    this.#everyMs = everyMs;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(() => this.#host.requestUpdate(), this.#everyMs);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
