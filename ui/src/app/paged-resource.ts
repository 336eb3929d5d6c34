import { html, nothing, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from "lit";
import type { ApiRequest } from "../sdk/api.ts";
import { callAuthenticated } from "../sdk/http.ts";
import type { TokenSource } from "../sdk/http.ts";
import { Action, moreLabel } from "../kit/action.ts";

const PAGE_SIZE = 50;

type Host = ReactiveControllerHost & { readonly session: TokenSource };

interface PageQuery {
  limit?: number;
  cursor?: string;
}

interface Page<T> {
  items: T[];
  next?: string;
}

/** A list of the HTTP API, fetched page by page, and from its beginning whenever its address changes. */
export class PagedResource<T> implements ReactiveController {
  readonly #host: Host;
  readonly #request: (page: PageQuery) => ApiRequest<Page<T>>;
  readonly #action: Action;
  #fetchedUrl: string | undefined;
  #items: readonly T[] | undefined;
  /** The cursor of the next page; undefined on the last. */
  #next: string | undefined;

  constructor(host: Host, request: (page: PageQuery) => ApiRequest<Page<T>>) {
    this.#host = host;
    this.#request = request;
    this.#action = new Action(host);
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#url() === this.#fetchedUrl) return;
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
      ${moreLabel(this.#action)}
    </button>`;
    return html`${this.#items ? list(this.#items) : nothing}
      <p class="bad" role="alert" data-testid="${testId}-problem">${problem}</p>
      ${this.#items && !this.#next ? nothing : more}`;
  }

  async #fetch(): Promise<void> {
    const url = (this.#fetchedUrl = this.#url());
    const before = this.#items ?? [];
    const request = this.#request({ limit: PAGE_SIZE, ...(this.#next !== undefined && { cursor: this.#next }) });
    await this.#action.run(async () => {
      const { items, next } = await callAuthenticated(this.#host.session, request);
      if (url !== this.#url()) return;
      this.#next = next;
      this.#items = [...before, ...items];
    });
    // The action ignores calls while it runs, so fetch from an address that was set meanwhile now.
    if (url !== this.#url()) this.hostUpdate();
  }

  /** The address of the list, whatever the page. */
  #url(): string {
    return this.#request({}).url;
  }
}
