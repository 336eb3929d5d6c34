import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { callAuthenticated } from "../client/http.ts";
import type { TokenSource } from "../client/http.ts";
import { errorText } from "./error-text.ts";

type Host = ReactiveControllerHost & { readonly session: TokenSource };

/** Fetches a path of the HTTP API, again whenever the path changes, and renders the result. */
export class Resource<T> implements ReactiveController {
  readonly #host: Host;
  readonly #path: () => string;
  #fetchedPath: string | undefined;
  #value: T | undefined;
  #problem = "";

  constructor(host: Host, path: () => string) {
    this.#host = host;
    this.#path = path;
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#path() === this.#fetchedPath) return;
    this.#value = undefined;
    void this.fetch();
  }

  async fetch(): Promise<void> {
    const path = this.#path();
    this.#fetchedPath = path;
    let value = this.#value;
    let problem = "";
    try {
      value = await callAuthenticated<T>(this.#host.session, path);
    } catch (error) {
      problem = errorText(error);
    }
    if (path !== this.#fetchedPath) return;
    this.#value = value;
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  /** Send a modifying request, then fetch the resource again. */
  async mutate(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<void> {
    await callAuthenticated(this.#host.session, path, { method, ...(body && { body }) });
    await this.fetch();
  }

  render(template: (value: T) => unknown): unknown {
    const problem = this.#problem
      ? html`<p class="bad" role="alert" data-testid="problem">
          ${this.#problem} <button class="secondary" @click=${() => void this.fetch()}>Try again</button>
        </p>`
      : nothing;
    if (this.#value === undefined) return this.#problem ? problem : html`<p class="muted">Loading…</p>`;
    return html`${problem}${template(this.#value)}`;
  }
}
