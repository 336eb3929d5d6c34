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

interface List<T> {
  /** The address of the list, whatever the page. */
  readonly url: string;
  readonly items: readonly T[];
  /** The cursor of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * A list of the HTTP API, fetched page by page, and from its beginning whenever its address changes; one that is
 * `onDemand` is public, and fetched when more is asked for.
 */
export class PagedResource<T> implements ReactiveController {
  readonly #host: ElementHost;
  /** Undefined for a public list. */
  readonly #session;
  readonly #request: (page: PageQuery) => ApiRequest<Page<T>>;
  readonly #task;
  #list: List<T> | undefined;
  #problem = "";

  constructor(
    host: ElementHost,
    request: (page: PageQuery) => ApiRequest<Page<T>>,
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
  get items(): readonly T[] | undefined {
    return this.#known?.items;
  }

  /** Replace items that have changed on the server. */
  update(change: (item: T) => T): void {
    if (this.#list) this.#list = { ...this.#list, items: this.#list.items.map(change) };
    this.#host.requestUpdate();
  }

  /** The items by `list`, and what `more` renders. */
  render(testId: string, list: (items: readonly T[]) => unknown): TemplateResult {
    const { items } = this;
    return html`${items ? list(items) : nothing} ${this.more(testId)}`;
  }

  /** The error of the last fetch, and a button for the next page if there is one. */
  more(testId: string): TemplateResult {
    const busy = this.#task.status === TaskStatus.PENDING;
    const problem = this.#task.status === TaskStatus.ERROR ? this.#problem : "";
    const isComplete = this.#known && !this.#known.next;
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

  get #known(): List<T> | undefined {
    return this.#list?.url === this.#request({}).url ? this.#list : undefined;
  }

  async #fetch(url: string, signal: AbortSignal): Promise<void> {
    const before = this.#list?.url === url ? this.#list : undefined;
    const request = this.#request({ limit: PAGE_SIZE, ...(before?.next !== undefined && { cursor: before.next }) });
    const { items, next } = await (this.#session
      ? callAuthenticated(this.#session.value, request, { signal })
      : callApi(request, { signal }));
    this.#list = { url, items: [...(before?.items ?? []), ...items], next };
  }
}
