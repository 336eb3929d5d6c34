import { LitElement } from "lit";
import type { LiveClient } from "../client/live.ts";

/** A whole page, styled by the page's own rules. */
export abstract class Page extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", () => this.requestUpdate());
  }
}

/** Have a live client find out at once whether all is well when the network is back or the page is seen again. */
export function keepAwake(live: LiveClient): void {
  addEventListener("online", () => live.wake());
  addEventListener("pageshow", (event) => event.persisted && live.wake());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") live.wake();
  });
}
