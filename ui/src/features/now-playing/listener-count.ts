import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { ofStation } from "../../app/selected.ts";
import { listenersIcon } from "../../kit/icons.ts";
import { common } from "../../kit/styles.ts";
import { listeningText } from "../../i18n/plural.ts";
import { timeOfDay } from "../../i18n/time.ts";

/** The number of listeners, with a note if it may be out of date. */
export class ListenerCount extends AwazElement {
  static override properties = { emptyText: {} };
  /** Replaces a count of zero while the station is on air. */
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
        font-size: var(--text-small);
      }
      [data-stale="true"] {
        opacity: 0.72;
      }
    `,
  ];

  readonly #shown = ofStation(this, ({ listeners, onAir }) => ({ listeners, onAir }));

  override render() {
    if (!this.#shown.value) return nothing;
    const { listeners, onAir } = this.#shown.value;
    const { count, stale, asOf } = listeners;
    if (this.emptyText && !count && onAir === "offair") return nothing;
    const note = asOf === undefined ? msg("may be out of date") : msg(str`as of ${timeOfDay(asOf)}`);
    const text = `${listeningText(count)}${stale ? ` (${note})` : ""}`;
    return html`<span data-testid="listeners" data-stale=${stale}>
      ${listenersIcon}<span>${count || stale || !this.emptyText ? text : this.emptyText}</span>
    </span>`;
  }
}

customElements.define("awaz-listener-count", ListenerCount);
