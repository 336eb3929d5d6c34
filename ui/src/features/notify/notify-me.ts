import { msg } from "@lit/localize";
import { css, html, nothing, type PropertyValues } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { bellIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import type { BackOnAir } from "./back-on-air.ts";

/** While a station is off air: an offer to be told by the system when it is back. */
export class NotifyMe extends AwazElement {
  static override properties = {
    slug: {},
    name: {},
    offAir: { type: Boolean },
    awaited: {},
    refused: { state: true },
  };
  declare slug: string;
  declare name: string;
  declare offAir: boolean;
  declare awaited: BackOnAir;
  /** Whether the page was asked to notify, and may not. */
  declare private refused: boolean;

  static override styles = [
    common,
    controls,
    css`
      button {
        margin-block-start: 1rem;
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }
      p {
        color: var(--muted);
        font-size: var(--text-small);
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("slug") || changed.has("offAir")) this.refused = false;
  }

  override render() {
    if (!this.offAir || !("Notification" in window)) return nothing;
    const isAwaited = this.awaited.isAwaited(this.slug);
    return html`${
        isAwaited || this.refused
          ? nothing
          : html`<button class="secondary" data-testid="notify-me" @click=${this.#ask}>
              ${bellIcon} ${msg("Tell me when it’s back")}
            </button>`
      }
      <p role="status">${isAwaited ? msg("You’ll get a notification. Keep this page open.") : this.#refusal()}</p>`;
  }

  #refusal() {
    if (!this.refused) return nothing;
    return msg("Your browser blocks notifications from this site. Keep this page open: it updates by itself.");
  }

  async #ask(): Promise<void> {
    this.refused = !(await this.awaited.ask(this.slug, this.name));
    this.requestUpdate();
  }
}

customElements.define("awaz-notify-me", NotifyMe);
