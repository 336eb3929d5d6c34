import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import { callAuthenticated } from "../client/http.ts";
import type { TokenSource } from "../client/http.ts";
import { Action } from "./action.ts";

const PAGE_SIZE = 50;

type Host = ReactiveControllerHost & { readonly session: TokenSource };

interface Page<T> {
  items: T[];
  next?: string;
}

/** A list of the HTTP API, fetched page by page, and from its beginning whenever the path changes. */
export class PagedResource<T> implements ReactiveController {
  readonly #host: Host;
  readonly #path: () => string;
  readonly #action: Action;
  #fetchedPath: string | undefined;
  #items: readonly T[] | undefined;
  /** The cursor of the next page; undefined on the last. */
  #next: string | undefined;

  constructor(host: Host, path: () => string) {
    this.#host = host;
    this.#path = path;
    this.#action = new Action(host);
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#path() === this.#fetchedPath) return;
    this.#items = undefined;
    this.#next = undefined;
    void this.#fetch();
  }

  /** Replace items that have changed on the server. */
  update(change: (item: T) => T): void {
    this.#items = this.#items?.map(change);
    this.#host.requestUpdate();
  }

  /** The items by `list`, what is wrong, and a button for the next page. */
  render(testId: string, list: (items: readonly T[]) => unknown): TemplateResult {
    const { busy, problem } = this.#action;
    const more = html`<button
      class="secondary more"
      data-testid="${testId}-more"
      ?disabled=${busy}
      @click=${() => void this.#fetch()}
    >
      ${busy ? "Loading…" : problem ? "Try again" : "Show more"}
    </button>`;
    return html`${this.#items ? list(this.#items) : nothing}
      <p class="bad" role="alert" data-testid="${testId}-problem">${problem}</p>
      ${this.#items && !this.#next ? nothing : more}`;
  }

  async #fetch(): Promise<void> {
    const path = (this.#fetchedPath = this.#path());
    const before = this.#items ?? [];
    const query = `limit=${PAGE_SIZE}${this.#next ? `&cursor=${encodeURIComponent(this.#next)}` : ""}`;
    await this.#action.run(async () => {
      const { items, next } = await callAuthenticated<Page<T>>(this.#host.session, `${path}?${query}`);
      if (path !== this.#path()) return;
      this.#next = next;
      this.#items = [...before, ...items];
    });
    // The action ignores calls while it runs, so fetch a path that was set meanwhile now.
    if (path !== this.#path()) this.hostUpdate();
  }
}
