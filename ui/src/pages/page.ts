import { AwazElement } from "../kit/element.ts";

/** A page. It renders without a shadow root, so that the page's style sheets apply. */
export abstract class Page extends AwazElement {
  /** Where the page is; its sections are below. */
  protected abstract readonly path: string;

  protected override createRenderRoot(): HTMLElement {
    // What the server has put there is shown until now.
    this.replaceChildren();
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("popstate", () => this.addressChanged());
    addEventListener("hashchange", () => this.requestUpdate());
    // eslint-disable-next-line wc/require-listener-teardown -- the page ends with its document
    this.addEventListener("click", this.#onClick);
  }

  /** Whether a path is of this page, which then shows it without being loaded again. */
  protected isOwn(path: string): boolean {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  /** Show what the new address names. */
  protected addressChanged(): void {
    this.requestUpdate();
  }

  readonly #onClick = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (!link || link.target || link.origin !== location.origin || !this.isOwn(link.pathname)) return;
    // The browser goes to places of a page by itself.
    if (link.pathname === location.pathname && link.hash) return;
    event.preventDefault();
    if (link.pathname === location.pathname) return;
    history.pushState(null, "", link.pathname + link.hash);
    this.addressChanged();
    if (!link.hash) scrollTo({ top: 0 });
  };
}
