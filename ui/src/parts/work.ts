import type { ReactiveControllerHost } from "lit";
import { problemOf } from "./problem.ts";

/** What an element is asked to do: one thing at a time, and what went wrong with the last. */
export class Work {
  readonly #host: ReactiveControllerHost;
  busy = false;
  problem = "";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** Whether it was done. */
  async run(work: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.forget();
    try {
      await work();
      return true;
    } catch (error) {
      this.problem = problemOf(error);
      return false;
    } finally {
      this.busy = false;
      this.#host.requestUpdate();
    }
  }

  forget(): void {
    this.problem = "";
    this.#host.requestUpdate();
  }
}
