import { Task } from "@lit/task";
import { html, type TemplateResult } from "lit";
import { ref } from "lit/directives/ref.js";
import elements from "../../examples/elements.html?raw";
import events from "../../examples/events.sh?raw";
import follow from "../../examples/follow.mjs?raw";
import nowPlaying from "../../examples/now-playing.sh?raw";
import postTitle from "../../examples/post-title.sh?raw";
import { to } from "../sdk/api.ts";
import { callApi } from "../sdk/http.ts";
import { errorText } from "../i18n/problems.ts";
import { socketReference } from "../features/reference/components.ts";
import type { AsyncApi } from "../features/reference/socket-reference.ts";
import { englishFooter, header } from "./layout.ts";
import { Page } from "./page.ts";
import { sections } from "./sections.ts";

const EXAMPLES: readonly (readonly [title: string, code: string])[] = [
  ["What is on air", nowPlaying],
  ["Set the title", postTitle],
  ["Follow a station", follow],
  ["Follow a station without a socket", events],
  ["A station on another site", elements],
];

/** The page at `/docs`, with its sections below. */
export class DocsPage extends Page {
  protected override readonly path = "/docs";
  readonly #document = new Task(this, {
    args: () => [],
    task: async (_, { signal }) =>
      (await callApi(to("GET /api/v1/asyncapi.json", {}), { signal })) as unknown as AsyncApi,
    onError: (error) => (this.#problem = errorText(error)),
  });
  #problem = "";
  /** The event or type that was scrolled to. */
  #shownTarget = "";

  override updated(): void {
    const target = location.hash.slice(1);
    if (target === this.#shownTarget) return;
    const element = target ? document.getElementById(target) : null;
    if (!target || element) this.#shownTarget = target;
    element?.scrollIntoView();
  }

  override render() {
    return html`${header()}
      <main>
        <div class="workspace">
          <h1>Reference</h1>
          ${sections("Reference sections", this.path, [
            { id: "examples", name: "Examples", content: examples },
            { id: "events", name: "Events", content: () => this.#events() },
            { id: "http", name: "HTTP", content: http },
          ])}
        </div>
      </main>
      ${englishFooter([
        ["/", "Listen"],
        ["/api/v1/openapi.json", "OpenAPI"],
        ["/api/v1/asyncapi.json", "AsyncAPI"],
      ])}`;
  }

  #events(): TemplateResult {
    return html`${this.#document.render({
      pending: () => html`<p class="muted">Loading…</p>`,
      complete: socketReference,
      error: () => html`<p class="bad" role="alert">${this.#problem}</p>`,
    })}`;
  }
}

function examples(): TemplateResult {
  return html`<p class="note">
      First run <code>export AWAZ=${location.origin}</code>. “Set the title” also needs <code>LOGIN</code> and
      <code>PASSWORD</code>; for “Follow a station”, run <code>npm install socket.io-client</code>. All examples use the
      station <code>awaz</code>.
    </p>
    ${EXAMPLES.map(
      ([title, code]) =>
        html`<section class="card">
          <h2>${title}</h2>
          <pre tabindex="0">${code}</pre>
        </section>`,
    )}`;
}

function http(): TemplateResult {
  return html`<div ${ref((element) => void showHttp(element))}></div>`;
}

const shown = new WeakSet<Element>();

/** The renderer is large, and loaded only when somebody opens the section. */
async function showHttp(element: Element | undefined): Promise<void> {
  if (!(element instanceof HTMLElement) || shown.has(element)) return;
  shown.add(element);
  const { showHttpReference } = await import("../features/reference/http-reference.ts");
  showHttpReference(element);
}

customElements.define("awaz-docs", DocsPage);
