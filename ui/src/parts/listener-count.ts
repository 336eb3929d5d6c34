import { LitElement, css, html } from "lit";
import type { ListenerCount as Count } from "../client/state.ts";
import { listenersIcon } from "./icons.ts";
import { common } from "./styles.ts";
import { timeOfDay } from "./time.ts";

/** How many hear the station, and since when that is not known any more. */
export class ListenerCount extends LitElement {
  static override properties = { count: {} };
  declare count: Count;

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
    const since = asOf === undefined ? "not up to date" : `as of ${timeOfDay(asOf)}`;
    return html`<span data-testid="listeners" data-stale=${stale}>
      ${listenersIcon}<span>${count.toLocaleString("en")} listening${stale ? ` (${since})` : ""}</span>
    </span>`;
  }
}

customElements.define("awaz-listener-count", ListenerCount);
