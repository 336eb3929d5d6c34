import type { ReactiveController } from "lit";
import type { StationState } from "../sdk/state.ts";
import type { ElementHost } from "./contexts.ts";
import { ofStation } from "./selected.ts";

/** Calls back when a part of the page's station has changed on the server, or may have changed. */
export class Changes implements ReactiveController {
  readonly #at;
  readonly #onChange: () => void;
  #known: number | undefined;
  #isFirst = true;

  constructor(host: ElementHost, part: keyof StationState["changedAt"], onChange: () => void) {
    this.#at = ofStation(host, ({ changedAt }) => changedAt[part]);
    this.#onChange = onChange;
    host.addController(this);
  }

  hostUpdated(): void {
    const at = this.#at.value;
    const isNew = at !== this.#known;
    this.#known = at;
    if (isNew && !this.#isFirst) this.#onChange();
    this.#isFirst = false;
  }
}
