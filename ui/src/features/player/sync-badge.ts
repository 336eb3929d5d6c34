import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { numberText } from "../../i18n/time.ts";
import { MAX_DELAY_MS } from "./output-delay.ts";
import type { Playback } from "./playback.ts";
import { PlaybackUpdates } from "./playback-updates.ts";

/** Whether what is heard is what everybody hears at this moment; opened, why, and for a loudspeaker that is late. */
export class SyncBadge extends AwazElement {
  static override properties = { playback: {}, slug: {} };
  declare playback: Playback;
  /** The station that it is about. */
  declare slug: string;

  static override styles = [
    common,
    css`
      summary {
        display: flex;
        align-items: center;
        gap: 0.45rem;
        min-block-size: 2.75rem;
        color: var(--panel-muted);
        font-size: var(--text-small);
        font-variant-numeric: tabular-nums;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary::before {
        content: "";
        inline-size: 0.6rem;
        aspect-ratio: 1;
        border: 2px solid currentcolor;
        border-radius: 50%;
      }
      [data-sync="synced"] summary::before {
        border-color: var(--marigold);
        background: var(--marigold);
      }
      .more {
        display: grid;
        gap: 0.6rem;
        max-inline-size: 22rem;
        padding-block-end: 0.6rem;
        font-size: var(--text-small);
      }
      label {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }
      input {
        inline-size: 5rem;
        min-block-size: 2.4rem;
        padding-inline: 0.5rem;
        border: 1px solid var(--panel-line);
        border-radius: var(--radius-field);
        background: none;
        color: inherit;
        font: inherit;
      }
    `,
  ];

  constructor() {
    super();
    new PlaybackUpdates(this);
  }

  override render() {
    const { playback } = this;
    const sync = playback.isActive(this.slug) ? playback.sync : undefined;
    if (sync === undefined || sync === "aligning") return nothing;
    const isSynced = sync === "synced";
    return html`<details data-testid="sync" data-sync=${sync}>
      <summary>${isSynced ? this.#syncedText() : msg("Approximate")}</summary>
      <div class="more">
        <p>
          ${
            isSynced
              ? msg("Everyone who is in sync hears this at the same moment.")
              : msg("Not exactly in sync: other listeners may hear this a little earlier or later.")
          }
        </p>
        ${isSynced ? this.#delay() : nothing}
      </div>
    </details>`;
  }

  #syncedText() {
    const { syncErrorMs } = this.playback;
    return syncErrorMs === undefined ? msg("In sync") : msg(str`In sync ±${numberText(syncErrorMs)} ms`);
  }

  #delay() {
    return html`<label>
        ${msg("Speaker delay")}
        <input
          type="number"
          min="0"
          max=${MAX_DELAY_MS}
          step="10"
          dir="ltr"
          data-testid="output-delay"
          aria-describedby="delay-hint"
          .value=${String(this.playback.delay.ms)}
          @change=${({ target }: Event) => (this.playback.delay.ms = Number((target as HTMLInputElement).value))}
        />
        ${msg("ms")}
      </label>
      <p id="delay-hint">${msg("Bluetooth speakers usually add 100 to 300 ms.")}</p>`;
  }
}

customElements.define("awaz-sync-badge", SyncBadge);
