import { LitElement, css, html } from "lit";
import type { ListenerCount as Count } from "../client/state.ts";
import { listenersIcon } from "./icons.ts";
import { common } from "./styles.ts";
import { timeOfDay } from "./time.ts";

/** The number of listeners, with a note if it may be out of date. */
export class ListenerCount extends LitElement {
  static override properties = { count: {}, emptyText: {} };
  declare count: Count;
  /** Replaces a count of zero. */
  declare emptyText: string | undefined;

  static override styles = [
    common,
    css`
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
    const note = asOf === undefined ? "may be out of date" : `as of ${timeOfDay(asOf)}`;
    const text = `${count.toLocaleString("en")} listening${stale ? ` (${note})` : ""}`;
    return html`<span data-testid="listeners" data-stale=${stale}>
      ${listenersIcon}<span>${count || stale || !this.emptyText ? text : this.emptyText}</span>
    </span>`;
  }
}

customElements.define("awaz-listener-count", ListenerCount);
