import { Task, TaskStatus } from "@lit/task";
import { html, nothing, type ReactiveController, type TemplateResult } from "lit";
import { errorText } from "../i18n/problems.ts";
import { moreLabel } from "../kit/action.ts";
import type { ApiRequest } from "../sdk/api.ts";
import { callApi, callAuthenticated } from "../sdk/http.ts";
import { FromPage, sessionContext, type ElementHost } from "./contexts.ts";

const PAGE_SIZE = 50;
/** The largest page of the API. */
const LARGE_PAGE = 200;
/** Items beyond this number stay as they are when the list is fetched again. */
const MANY = 1000;

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
  #isRefreshing = false;
  #isStale = false;

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

  /** Fetch what is known again, and once more if it is asked for meanwhile. */
  async refresh(idOf: (item: ItemOf<P>) => string): Promise<void> {
    this.#isStale = true;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#fetchAgain(idOf);
      }
    } finally {
      this.#isRefreshing = false;
    }
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
    const known = this.#list?.url === url ? this.#list : undefined;
    // All of it is known: it is fetched anew, as somebody has signed in again.
    const before = known?.page.next === undefined ? undefined : known;
    const cursor = before?.page.next;
    const request = this.#request({ limit: PAGE_SIZE, ...(cursor !== undefined && { cursor }) });
    const page = await (this.#session
      ? callAuthenticated(this.#session.value, request, { signal })
      : callApi(request, { signal }));
    // It no longer follows what is known: it is fetched anew as it is needed.
    if (before && this.#list !== before) return;
    this.#list = { url, items: [...(before?.items ?? []), ...page.items], page };
  }

  async #fetchAgain(idOf: (item: ItemOf<P>) => string): Promise<void> {
    const before = this.#known;
    if (!this.#session) return;
    if (!before) {
      // The answer on its way may be older than the change.
      const isBusy = this.isBusy;
      if (isBusy) await this.#task.taskComplete.catch(() => undefined);
      this.#isStale ||= isBusy && this.#known !== undefined;
      return;
    }
    const wanted = Math.min(before.items.length, MANY);
    const limit = wanted > PAGE_SIZE ? LARGE_PAGE : PAGE_SIZE;
    const fresh: ItemOf<P>[] = [];
    let page: P | undefined;
    do {
      const cursor = page?.next;
      const request = this.#request({ limit, ...(cursor !== undefined && { cursor }) });
      page = await callAuthenticated(this.#session.value, request);
      fresh.push(...page.items);
    } while (page.next !== undefined && fresh.length < wanted);
    if (this.#list !== before) {
      this.#isStale = true;
      return;
    }
    const rest = page.next === undefined ? [] : following(before.items, fresh, idOf);
    const next = rest.length ? before.page.next : page.next;
    this.#list = { url: before.url, items: [...fresh, ...rest], page: { ...page, next } };
    this.#host.requestUpdate();
  }
}

/** The items that come after those which were fetched again. */
function following<T>(before: readonly T[], fresh: readonly T[], idOf: (item: T) => string): readonly T[] {
  const ids = fresh.map(idOf);
  const end = before.findIndex((item) => idOf(item) === ids.at(-1));
  if (end < 0) return [];
  const known = new Set(ids);
  return before.slice(end + 1).filter((item) => !known.has(idOf(item)));
}
