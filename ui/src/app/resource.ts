import { msg } from "@lit/localize";
import { Task, TaskStatus } from "@lit/task";
import { html, nothing, type ReactiveController } from "lit";
import { errorText } from "../i18n/problems.ts";
import type { ApiRequest } from "../sdk/api.ts";
import { callAuthenticated } from "../sdk/http.ts";
import { FromPage, sessionContext, type ElementHost } from "./contexts.ts";

/** Fetches an answer of the HTTP API, again whenever its address changes, and renders it. */
export class Resource<T> implements ReactiveController {
  readonly #session;
  readonly #request: () => ApiRequest<T>;
  readonly #task;
  #problem = "";
  /** The last answer, which stays while it is fetched again. */
  #answer: { readonly url: string; readonly value: T } | undefined;

  constructor(host: ElementHost, request: () => ApiRequest<T>) {
    this.#session = new FromPage(host, sessionContext);
    this.#request = request;
    this.#task = new Task(host, {
      args: () => [request().url, this.#session.value] as const,
      task: async ([url], { signal }) => {
        this.#answer = { url, value: await callAuthenticated(this.#session.value, request(), { signal }) };
      },
      onError: (error) => (this.#problem = errorText(error)),
    });
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#task.abort();
  }

  async fetch(): Promise<void> {
    await this.#task.run();
  }

  /** Send a modifying request, then fetch the resource again; returns the answer to the request. */
  async mutate<Answer>(request: ApiRequest<Answer>): Promise<Answer> {
    const answer = await callAuthenticated(this.#session.value, request);
    await this.fetch();
    return answer;
  }

  /** The last answer; undefined until there is one. */
  get value(): T | undefined {
    return this.#answer?.url === this.#request().url ? this.#answer.value : undefined;
  }

  render(template: (value: T) => unknown): unknown {
    const failed = this.#task.status === TaskStatus.ERROR;
    const problem = failed
      ? html`<p class="bad" role="alert" data-testid="problem">
          ${this.#problem} <button class="secondary" @click=${() => void this.fetch()}>${msg("Try again")}</button>
        </p>`
      : nothing;
    const { value } = this;
    if (value === undefined) return failed ? problem : html`<p class="muted">${msg("Loading…")}</p>`;
    return html`${problem}${template(value)}`;
  }
}
