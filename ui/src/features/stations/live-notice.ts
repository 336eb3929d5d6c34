import { msg } from "@lit/localize";
import { css, html, type PropertyValues } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import type { DigestEntry } from "../../wire/schema.ts";

const SHOWN_MS = 12_000;

/** Says which stations have gone live, once, while the page is open. */
export class LiveNotice extends AwazElement {
  static override properties = { stations: {}, except: {}, live: { state: true } };
  declare stations: readonly DigestEntry[];
  /** The slug of the station that the page is about, which says so itself. */
  declare except: string | undefined;
  declare live: readonly DigestEntry[] | undefined;

  static override styles = [
    common,
    css`
      a {
        display: block;
        margin-block-end: 1rem;
        padding: 0.8rem 1.1rem;
        border-radius: var(--radius-row);
        background: var(--madder);
        color: var(--on-madder);
        font-weight: 700;
        text-decoration: none;
      }
    `,
  ];

  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get("stations");
    // An empty list is one that has not come yet: what it names is no news.
    if (!before?.length) return;
    const kinds = new Map(before.map(({ station, on_air }) => [station, on_air]));
    const begun = this.stations.filter(
      ({ station, on_air }) => station !== this.except && on_air === "live" && kinds.get(station) !== "live",
    );
    if (!begun.length) return;
    this.live = begun;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.live = undefined), SHOWN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    return html`<div role="status">
      ${this.live?.map(
        ({ station, name }) =>
          html`<a href="/s/${station}" data-testid="live-notice">${msg(html`${userText(name)} is live now`)}</a>`,
      )}
    </div>`;
  }
}

customElements.define("awaz-live-notice", LiveNotice);
