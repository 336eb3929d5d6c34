import { AwazElement } from "../kit/element.ts";
import type { LiveClient } from "../sdk/live.ts";

/** A page. It renders without a shadow root, so that the page's style sheets apply. */
export abstract class Page extends AwazElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", () => this.requestUpdate());
  }
}

/** Check a client's connection when the network is back or the page is visible again. */
export function checkOnResume(live: LiveClient): void {
  addEventListener("online", () => live.checkConnection());
  addEventListener("pageshow", (event) => event.persisted && live.checkConnection());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") live.checkConnection();
  });
}
