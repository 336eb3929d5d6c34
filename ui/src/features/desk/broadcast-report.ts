import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { incidentText } from "../../i18n/problems.ts";
import { clockText, numberText, spanText, timeOfDay } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { BroadcastReport } from "../../wire/schema.ts";
import "./listener-curve.ts";

/** A past broadcast: its length, how many listened, and what went wrong. */
export class BroadcastReportElement extends AwazElement {
  static override properties = { broadcast: {} };
  /** The id of the broadcast. */
  declare broadcast: string;

  static override styles = [
    common,
    controls,
    css`
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 0.6rem 2rem;
        margin-block-end: 0.8rem;
      }
      dt {
        color: var(--muted);
        font-size: var(--text-small);
      }
      dd {
        font-weight: 700;
        font-variant-numeric: tabular-nums;
      }
      li {
        margin-block-start: 0.3rem;
        font-size: var(--text-small);
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #report = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/broadcasts/{id}", {
      path: { slug: this.#station.value.slug, id: this.broadcast },
    }),
  );

  override render() {
    return html`${this.#report.render((report) => this.#content(report))}`;
  }

  #content(report: BroadcastReport): TemplateResult {
    const { started_at, ended_at = this.#station.value.now(), peak, listener_minutes = 0, minutes } = report;
    const ended = endText(report.reason);
    const length = html`${fact(msg("Length"), clockText(ended_at - started_at))}
    ${ended === undefined ? nothing : fact(msg("Ended because"), ended)}`;
    if (peak === undefined) {
      return html`<dl data-testid="broadcast-report">${length}</dl>
        <p class="muted">${msg("Listener numbers and problems are kept for 90 days.")}</p>`;
    }
    // Each minute counts as a whole, also the first and the last.
    const mostMinutes = (peak * (ended_at - started_at)) / 60_000;
    return html`<dl data-testid="broadcast-report">
        ${length} ${fact(msg("Most listeners at once"), numberText(peak))}
        ${fact(msg("Listening time"), spanText(Math.min(listener_minutes, mostMinutes)))}
      </dl>
      ${
        minutes.length > 1
          ? html`<awaz-listener-curve
              .minutes=${minutes}
              .since=${started_at}
              .until=${ended_at}
            ></awaz-listener-curve>`
          : nothing
      }
      ${incidentList(report.incidents)}`;
  }
}

/** Why a broadcast ended, unless it was meant to. */
function endText(reason: BroadcastReport["reason"]): string | undefined {
  const texts: Partial<Record<NonNullable<BroadcastReport["reason"]>, string>> = {
    encoder_gone: msg("the connection was lost or ended"),
    host_removed: msg("the host may not go live any more"),
    kicked: msg("the source was disconnected"),
    pipeline_gone: msg("the station’s audio pipeline failed"),
  };
  return reason && texts[reason];
}

function fact(name: string, value: string): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

function incidentList(incidents: BroadcastReport["incidents"]): TemplateResult {
  if (!incidents.length) return html`<p class="muted">${msg("No problems were noticed.")}</p>`;
  return html`<ul aria-label=${msg("Incidents")}>
    ${incidents.map(incident)}
  </ul>`;
}

function incident({ at, kind, message }: BroadcastReport["incidents"][number]): TemplateResult {
  return html`<li><time>${timeOfDay(at)}</time> · ${userText(incidentText({ kind, message }))}</li>`;
}

customElements.define("awaz-broadcast-report", BroadcastReportElement);
