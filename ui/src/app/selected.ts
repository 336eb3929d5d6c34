import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { StationState } from "../sdk/state.ts";
import type { Readable } from "../sdk/store.ts";
import { FromPage, stationContext, type ElementHost } from "./contexts.ts";

/** A part of something that changes; its host is rendered again when that part has changed, and not with the rest. */
export class Selected<Source extends Readable<unknown>, T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #find: () => Source | undefined;
  readonly #select: (source: Source) => T;
  #source: Source | undefined;
  #unsubscribe: (() => void) | undefined;
  #value: T | undefined;

  /** `find` is called before each update of the host. */
  constructor(host: ReactiveControllerHost, find: () => Source | undefined, select: (source: Source) => T) {
    this.#host = host;
    this.#find = find;
    this.#select = select;
    host.addController(this);
  }

  get value(): T | undefined {
    return this.#value;
  }

  hostUpdate(): void {
    const source = this.#find();
    if (source !== this.#source || !this.#unsubscribe) this.#follow(source);
    this.#value = source && this.#select(source);
  }

  hostDisconnected(): void {
    this.#follow(undefined);
  }

  #follow(source: Source | undefined): void {
    // Before the end of the last subscription, so that a source which both share is not left between.
    const unsubscribe = source?.subscribe(() => this.#onChange(source));
    this.#unsubscribe?.();
    this.#unsubscribe = unsubscribe;
    this.#source = source;
  }

  #onChange(source: Source): void {
    const value = this.#select(source);
    if (isSame(value, this.#value)) return;
    this.#value = value;
    this.#host.requestUpdate();
  }
}

/** A part of the state of the page's station; undefined until that is known. */
export function ofStation<T>(host: ElementHost, select: (state: StationState) => T): { readonly value: T | undefined } {
  const station = new FromPage(host, stationContext);
  return new Selected(
    host,
    () => station.optional,
    ({ state }) => state && select(state),
  );
}

/** Whether two values are the same, or have the same parts. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return false;
  const [before, after] = [Object.entries(a), Object.entries(b)];
  return before.length === after.length && before.every(([key, value]) => Object.is(value, (b as never)[key]));
}
