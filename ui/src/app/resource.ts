import { msg } from "@lit/localize";
import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import type { ApiRequest } from "../sdk/api.ts";
import { callAuthenticated } from "../sdk/http.ts";
import type { TokenSource } from "../sdk/http.ts";
import { errorText } from "../i18n/problems.ts";

type Host = ReactiveControllerHost & { readonly session: TokenSource };

/** Fetches an answer of the HTTP API, again whenever its address changes, and renders it. */
export class Resource<T> implements ReactiveController {
  readonly #host: Host;
  readonly #request: () => ApiRequest<T>;
  #fetchedUrl: string | undefined;
  #value: T | undefined;
  #problem = "";

  constructor(host: Host, request: () => ApiRequest<T>) {
    this.#host = host;
    this.#request = request;
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#request().url === this.#fetchedUrl) return;
    this.#value = undefined;
    void this.fetch();
  }

  async fetch(): Promise<void> {
    const request = this.#request();
    this.#fetchedUrl = request.url;
    let value = this.#value;
    let problem = "";
    try {
      value = await callAuthenticated(this.#host.session, request);
    } catch (error) {
      problem = errorText(error);
    }
    if (request.url !== this.#fetchedUrl) return;
    this.#value = value;
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  /** Send a modifying request, then fetch the resource again; returns the answer to the request. */
  async mutate<Answer>(request: ApiRequest<Answer>): Promise<Answer> {
    const answer = await callAuthenticated(this.#host.session, request);
    await this.fetch();
    return answer;
  }

  render(template: (value: T) => unknown): unknown {
    const problem = this.#problem
      ? html`<p class="bad" role="alert" data-testid="problem">
          ${this.#problem} <button class="secondary" @click=${() => void this.fetch()}>${msg("Try again")}</button>
        </p>`
      : nothing;
    if (this.#value === undefined) return this.#problem ? problem : html`<p class="muted">${msg("Loading…")}</p>`;
    return html`${problem}${template(this.#value)}`;
  }
}
