import { html, nothing, type ReactiveController, type ReactiveControllerHost } from "lit";
import { callAs } from "../client/http.ts";
import type { TokenSource } from "../client/session.ts";
import { problemOf } from "./problem.ts";

type Host = ReactiveControllerHost & { readonly session: TokenSource };

/** What the server has at an address, fetched when the address becomes another and when it is asked for. */
export class Remote<T> implements ReactiveController {
  readonly #host: Host;
  readonly #path: () => string;
  #fetched: string | undefined;
  #value: T | undefined;
  #problem = "";

  constructor(host: Host, path: () => string) {
    this.#host = host;
    this.#path = path;
    host.addController(this);
  }

  hostUpdate(): void {
    if (this.#path() === this.#fetched) return;
    this.#value = undefined;
    void this.fetch();
  }

  async fetch(): Promise<void> {
    const path = this.#path();
    this.#fetched = path;
    let value = this.#value;
    let problem = "";
    try {
      value = await callAs<T>(this.#host.session, path);
    } catch (error) {
      problem = problemOf(error);
    }
    if (path !== this.#fetched) return;
    this.#value = value;
    this.#problem = problem;
    this.#host.requestUpdate();
  }

  /** Do something to what is there, then see what it has become. */
  async change(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: object): Promise<void> {
    await callAs(this.#host.session, path, { method, ...(body && { body }) });
    await this.fetch();
  }

  render(show: (value: T) => unknown): unknown {
    const trouble = this.#problem
      ? html`<p class="bad" role="alert" data-testid="problem">
          ${this.#problem} <button class="plain" @click=${() => void this.fetch()}>Try again</button>
        </p>`
      : nothing;
    if (this.#value === undefined) return this.#problem ? trouble : html`<p class="muted">Loading…</p>`;
    return html`${trouble}${show(this.#value)}`;
  }
}
