import { msg } from "@lit/localize";
import { Task } from "@lit/task";
import { html, nothing, type TemplateResult } from "lit";
import { errorText } from "../../i18n/problems.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { callApi } from "../../sdk/http.ts";
import type { Ready } from "../../wire/schema.ts";

const REFRESH_MS = 10_000;

/** Whether the server can do its part, for admins: what is missing, and which stations are in trouble. */
export class Health extends AwazElement {
  static override styles = [common, controls, rows];

  readonly #ready = new Task(this, {
    args: () => [],
    task: (_, { signal }) => callApi(to("GET /readyz", {}), { signal }),
    onError: (error) => (this.#problem = errorText(error)),
  });
  #problem = "";

  constructor() {
    super();
    new PeriodicUpdate(this, REFRESH_MS, () => void this.#ready.run());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#ready.abort();
  }

  override render() {
    return html`<div role="status" data-testid="health">
      ${this.#ready.render({ pending: () => this.#last(), complete: answer, error: () => this.#last() })}
    </div>`;
  }

  /** The last result, which stays while the server is asked again. */
  #last(): TemplateResult {
    if (this.#ready.value) return answer(this.#ready.value);
    return this.#ready.error
      ? html`<p class="bad">${this.#problem}</p>`
      : html`<p class="muted">${msg("Loading…")}</p>`;
  }
}

function answer({ stations = {} }: Ready): TemplateResult {
  const troubles = Object.entries(stations);
  return html`<p class="good">${msg("Icecast is responding and the database accepts writes.")}</p>
    ${troubles.length ? nothing : html`<p class="good">${msg("All station pipelines are working.")}</p>`}
    <ul class="rows">
      ${troubles.map(
        ([slug, trouble]) =>
          html`<li data-testid="health-station">
            <div class="entry-text">
              <a href="/studio/${slug}">${slug}</a>
              <span class="bad">${msg("The pipeline isn’t responding. It will restart automatically.")}</span>
              <span class="muted"><bdi lang="en">${trouble}</bdi></span>
            </div>
          </li>`,
      )}
    </ul>`;
}

customElements.define("awaz-health", Health);
