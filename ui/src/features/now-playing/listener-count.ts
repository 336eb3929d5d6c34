import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html } from "lit";
import type { ListenerCount as Count } from "../../sdk/state.ts";
import { listenersIcon } from "../../kit/icons.ts";
import { common } from "../../kit/styles.ts";
import { numberText, timeOfDay } from "../../i18n/time.ts";

/** The number of listeners, with a note if it may be out of date. */
export class ListenerCount extends AwazElement {
  static override properties = { count: {}, emptyText: {} };
  declare count: Count;
  /** Replaces a count of zero. */
  declare emptyText: string | undefined;

  static override styles = [
    common,
    css`
      :host {
        display: flex;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 0.45em;
        font-variant-numeric: tabular-nums;
        font-size: 0.95rem;
      }
      [data-stale="true"] {
        opacity: 0.72;
      }
    `,
  ];

  override render() {
    const { count, stale, asOf } = this.count;
    const note = asOf === undefined ? msg("may be out of date") : msg(str`as of ${timeOfDay(asOf)}`);
    const text = `${msg(str`${numberText(count)} listening`)}${stale ? ` (${note})` : ""}`;
    return html`<span data-testid="listeners" data-stale=${stale}>
      ${listenersIcon}<span>${count || stale || !this.emptyText ? text : this.emptyText}</span>
    </span>`;
  }
}

customElements.define("awaz-listener-count", ListenerCount);
