import type { ReactiveController, ReactiveControllerHost } from "lit";

/** Updates its host at an interval, for texts that depend on the time; or does something else then. */
export class PeriodicUpdate implements ReactiveController {
  readonly #intervalMs: number;
  readonly #onTick: () => void;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(host: ReactiveControllerHost, intervalMs: number, onTick = () => host.requestUpdate()) {
    this.#intervalMs = intervalMs;
    this.#onTick = onTick;
    host.addController(this);
  }

  hostConnected(): void {
    this.#timer = setInterval(this.#onTick, this.#intervalMs);
  }

  hostDisconnected(): void {
    clearInterval(this.#timer);
  }
}
