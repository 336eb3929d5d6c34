import type { ReactiveControllerHost } from "lit";
import { msg } from "@lit/localize";
import { errorText } from "../i18n/problems.ts";

/** Runs one asynchronous action at a time, and keeps the error of the last one. */
export class Action {
  readonly #host: ReactiveControllerHost;
  busy = false;
  problem = "";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  /** Returns whether the action succeeded; false if another one is running. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.clearProblem();
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = errorText(error);
      return false;
    } finally {
      this.busy = false;
      this.#host.requestUpdate();
    }
  }

  clearProblem(): void {
    this.problem = "";
    this.#host.requestUpdate();
  }
}

/** The label of a button that loads more of a list by an action. */
export function moreLabel({ busy, problem }: Pick<Action, "busy" | "problem">): string {
  return busy ? msg("Loading…") : problem ? msg("Try again") : msg("Show more");
}
