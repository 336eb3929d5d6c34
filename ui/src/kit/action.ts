import type { ReactiveControllerHost } from "lit";
import { msg } from "@lit/localize";
import { errorText } from "../i18n/problems.ts";

/** Runs one asynchronous action at a time, and keeps the error of the last one. */
export class Action {
  readonly #host: ReactiveControllerHost;
  /** How many are under way or wait for their turn. */
  #open = 0;
  #last: Promise<unknown> = Promise.resolve();
  problem = "";

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  get busy(): boolean {
    return this.#open > 0;
  }

  /** Returns whether the action succeeded; false if another one is running. */
  async run(action: () => Promise<unknown>): Promise<boolean> {
    return !this.busy && this.inTurn(action);
  }

  /** Runs an action once those before it have ended; returns whether it succeeded. */
  inTurn(action: () => Promise<unknown>): Promise<boolean> {
    this.#open += 1;
    const turn = this.#last.then(() => this.#carryOut(action));
    this.#last = turn;
    return turn;
  }

  async #carryOut(action: () => Promise<unknown>): Promise<boolean> {
    this.clearProblem();
    try {
      await action();
      return true;
    } catch (error) {
      this.problem = errorText(error);
      return false;
    } finally {
      this.#open -= 1;
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
