import { AwazElement } from "../../kit/element.ts";
import type { QualityReason, QualityState, StreamQuality } from "../../wire/schema.ts";
import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { ofStation } from "../../app/selected.ts";
import { common } from "../../kit/styles.ts";
import { incidentText } from "../../i18n/problems.ts";
import { timeOfDay } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

function levelText(level: QualityState): string {
  if (level === "good") return msg("Good");
  if (level === "degraded") return msg("Degraded");
  return level === "bad" ? msg("Bad") : msg("No audio");
}

function reasonText(reason: QualityReason): string {
  const texts: Record<QualityReason, string> = {
    no_audio: msg("No audio is reaching listeners."),
    pipeline_reconnecting: msg("The station’s audio pipeline is restarting."),
    encoder_reconnecting: msg(
      "The encoder disconnected. Reconnect it within a few seconds to continue the same broadcast.",
    ),
    silence: msg("The encoder is sending silence. Check its input."),
    icecast_unreachable: msg("The audio server isn’t responding; listener counts may be out of date."),
  };
  return texts[reason] ?? reason;
}

/** For how long a notice is shown. */
const SHOWN_MS = 5 * 60_000;

/** The quality of the station's stream, and recent incidents. */
export class StreamHealth extends AwazElement {
  static override styles = [
    common,
    css`
      .level {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1rem;
        align-items: baseline;
      }
      .level strong::before {
        content: "";
        display: inline-block;
        inline-size: 0.65em;
        block-size: 0.65em;
        margin-inline-end: 0.45em;
        border-radius: 50%;
        background: currentcolor;
        forced-color-adjust: none;
      }
      [data-level="good"] strong {
        color: var(--good);
      }
      [data-level="degraded"] strong {
        color: var(--warn);
      }
      [data-level="bad"] strong,
      [data-level="offline"] strong {
        color: var(--bad);
      }
      .detail,
      time {
        color: var(--muted);
        font-size: var(--text-small);
      }
      time {
        white-space: nowrap;
      }
      li,
      .incident {
        margin-block-start: 0.5rem;
      }
      .incident {
        display: flex;
        gap: 0.75rem;
        padding: 0.6rem 0.8rem;
        border-radius: var(--radius-field);
        border-inline-start: 4px solid var(--madder);
        background: var(--page);
      }
    `,
  ];

  constructor() {
    super();
    new PeriodicUpdate(this, 10_000);
  }

  readonly #station = new FromPage(this, stationContext);
  readonly #signal = ofStation(this, ({ quality, incidents }) => ({ quality, incidents }));

  override render() {
    const { quality, incidents = [] } = this.#signal.value ?? {};
    const recent = incidents.filter(({ at }) => this.#station.value.now() - at < SHOWN_MS);
    return html`${
        quality
          ? html`<div class="level" data-testid="quality" data-level=${quality.state}>
                <strong>${levelText(quality.state)}</strong>
                <span class="detail">${figures(quality)}</span>
              </div>
              <ul class="detail">
                ${(quality.reasons ?? []).map((reason) => html`<li>${reasonText(reason)}</li>`)}
              </ul>`
          : html`<p class="detail">${msg("Measuring…")}</p>`
      }
      <div role="log" aria-label=${msg("Notices")} data-testid="incidents">
        ${repeat(
          recent,
          ({ at, kind }) => `${at} ${kind}`,
          (incident) =>
            html`<p class="incident">
              <time>${timeOfDay(incident.at)}</time>
              <span>
                ${userText(incidentText(incident))}
                ${incident.address === undefined ? nothing : html`<span class="detail">${msg(html`From ${ltr(incident.address)}`)}</span>`}
              </span>
            </p>`,
        )}
      </div>`;
  }
}

/** An address runs from the left in every language. */
function ltr(address: string) {
  return html`<bdi dir="ltr">${address}</bdi>`;
}

function figures({ bitrate_kbps }: StreamQuality) {
  return bitrate_kbps ? msg(str`${bitrate_kbps} kbit/s`) : nothing;
}

customElements.define("awaz-stream-health", StreamHealth);
