import { Task, TaskStatus } from "@lit/task";
import { html, nothing, type ReactiveController, type TemplateResult } from "lit";
import { errorText } from "../i18n/problems.ts";
import { moreLabel } from "../kit/action.ts";
import type { ApiRequest } from "../sdk/api.ts";
import { callApi, callAuthenticated } from "../sdk/http.ts";
import { FromPage, sessionContext, type ElementHost } from "./contexts.ts";

const PAGE_SIZE = 50;

interface PageQuery {
  limit?: number;
  cursor?: string;
}

interface Page<T> {
  items: T[];
  next?: string;
}

type ItemOf<P extends Page<unknown>> = P["items"][number];

interface List<P extends Page<unknown>> {
  /** The address of the list, whatever the page. */
  readonly url: string;
  readonly items: readonly ItemOf<P>[];
  /** The page that was fetched last, with the cursor of the next one. */
  readonly page: P;
}

/**
 * A list of the HTTP API, fetched page by page, and from its beginning whenever its address changes; one that is
 * `onDemand` is public, and fetched when more is asked for.
 */
export class PagedResource<P extends Page<unknown>> implements ReactiveController {
  readonly #host: ElementHost;
  /** Undefined for a public list. */
  readonly #session;
  readonly #request: (page: PageQuery) => ApiRequest<P>;
  readonly #task;
  #list: List<P> | undefined;
  #problem = "";

  constructor(
    host: ElementHost,
    request: (page: PageQuery) => ApiRequest<P>,
    { onDemand = false }: { onDemand?: boolean } = {},
  ) {
    this.#host = host;
    this.#session = onDemand ? undefined : new FromPage(host, sessionContext);
    this.#request = request;
    this.#task = new Task(host, {
      autoRun: !onDemand,
      args: () => [request({}).url, this.#session?.value] as const,
      task: ([url], { signal }) => this.#fetch(url, signal),
      onError: (error) => (this.#problem = errorText(error)),
    });
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#task.abort();
  }

  /** The items fetched so far; undefined before the first page. */
  get items(): readonly ItemOf<P>[] | undefined {
    return this.#known?.items;
  }

  /** The items of the last fetch, whatever its address: they are shown until the list of a new address has come. */
  get lastItems(): readonly ItemOf<P>[] {
    return this.#list?.items ?? [];
  }

  /** The page that was fetched last, with what it says of the whole list. */
  get lastPage(): P | undefined {
    return this.#list?.page;
  }

  get isBusy(): boolean {
    return this.#task.status === TaskStatus.PENDING;
  }

  /** Why the last fetch failed; empty if it did not. */
  get problem(): string {
    return this.#task.status === TaskStatus.ERROR ? this.#problem : "";
  }

  /** Fetch the next page, if there is one and nothing is being fetched. */
  async fetchMore(): Promise<void> {
    if (!this.isBusy && !(this.#known && !this.#known.page.next)) await this.#task.run();
  }

  /** Fetch the first page again, and make of it and of the items so far what is shown. */
  async refresh(
    merge: (before: readonly ItemOf<P>[], first: readonly ItemOf<P>[], isWhole: boolean) => readonly ItemOf<P>[],
  ): Promise<void> {
    const before = this.#known;
    if (!before || !this.#session) return;
    const page = await callAuthenticated(this.#session.value, this.#request({ limit: PAGE_SIZE }));
    if (this.#list !== before) return;
    const items = merge(before.items, page.items, !page.next);
    const next = before.items.length > page.items.length ? before.page.next : page.next;
    this.#list = { url: before.url, items, page: { ...page, next } };
    this.#host.requestUpdate();
  }

  /** Replace items that have changed on the server. */
  update(change: (item: ItemOf<P>) => ItemOf<P>): void {
    if (this.#list) this.#list = { ...this.#list, items: this.#list.items.map(change) };
    this.#host.requestUpdate();
  }

  /** Take items out that are gone from the server. */
  remove(which: (item: ItemOf<P>) => boolean): void {
    if (this.#list) this.#list = { ...this.#list, items: this.#list.items.filter((item) => !which(item)) };
    this.#host.requestUpdate();
  }

  /** The items by `list`, and what `more` renders. */
  render(testId: string, list: (items: readonly ItemOf<P>[]) => unknown): TemplateResult {
    const { items } = this;
    return html`${items ? list(items) : nothing} ${this.more(testId)}`;
  }

  /** The error of the last fetch, and a button for the next page if there is one. */
  more(testId: string): TemplateResult {
    const { isBusy: busy, problem } = this;
    const isComplete = this.#known && !this.#known.page.next;
    const button = html`<button
      class="secondary more"
      data-testid="${testId}-more"
      ?disabled=${busy}
      @click=${() => void this.#task.run()}
    >
      ${moreLabel({ busy, problem })}
    </button>`;
    return html`<p class="bad" role="alert" data-testid="${testId}-problem">${problem}</p>
      ${isComplete ? nothing : button}`;
  }

  get #known(): List<P> | undefined {
    return this.#list?.url === this.#request({}).url ? this.#list : undefined;
  }

  async #fetch(url: string, signal: AbortSignal): Promise<void> {
    const before = this.#list?.url === url ? this.#list : undefined;
    const cursor = before?.page.next;
    const request = this.#request({ limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) });
    const page = await (this.#session
      ? callAuthenticated(this.#session.value, request, { signal })
      : callApi(request, { signal }));
    this.#list = { url, items: [...(before?.items ?? []), ...page.items], page };
  }
}
