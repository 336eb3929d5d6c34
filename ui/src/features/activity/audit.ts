import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import type { AuditEntry } from "../../wire/schema.ts";
import { actorOf, describeAction } from "./audit-text.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { common, controls } from "../../kit/styles.ts";
import { dayAndTime } from "../../i18n/time.ts";

/** The audit log, newest entries first. */
export class Audit extends AwazElement {
  static override properties = { slug: {}, linkStations: { type: Boolean } };
  /** The station; undefined for the log of the platform. */
  declare slug: string | undefined;
  /** Whether station names link to the station's own log at `/admin/activity/<slug>`. */
  declare linkStations: boolean;

  static override styles = [
    common,
    controls,
    css`
      li {
        display: grid;
        grid-template-columns: minmax(7.5rem, auto) 1fr;
        gap: 0 1rem;
        padding-block: 0.6rem;
        border-block-start: 1px solid var(--line);
      }
      @media (width <= 30rem) {
        li {
          grid-template-columns: 1fr;
        }
      }
      time {
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      .description {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .more {
        margin-block-start: 1rem;
      }
      a {
        color: var(--link);
      }
    `,
  ];

  readonly #entries = new PagedResource(this, (query) =>
    this.slug === undefined
      ? to("GET /api/v1/admin/audit", { query })
      : to("GET /api/v1/stations/{slug}/audit", { path: { slug: this.slug }, query }),
  );

  override render() {
    return this.#entries.render("audit", (entries) =>
      entries.length
        ? html`<ol data-testid="audit">
            ${entries.map((entry) => this.#entry(entry))}
          </ol>`
        : html`<p class="muted" data-testid="audit">${msg("No activity yet.")}</p>`,
    );
  }

  #entry(entry: AuditEntry): TemplateResult {
    const { at, actor_id, address, station, action } = entry;
    const origin = [actor_id && msg(str`ID ${actor_id}`), address && msg(str`from ${address}`)]
      .filter(Boolean)
      .join(", ");
    return html`<li data-testid="audit-entry" data-action=${action}>
      <time class="muted" datetime=${new Date(at).toISOString()}>${dayAndTime(at)}</time>
      <div class="description">
        ${actorOf(entry)} ${describeAction(entry)}
        ${station && this.linkStations ? html`(<a href="/admin/activity/${station}">${station}</a>)` : nothing}
        ${
          origin
            ? html`<details class="muted">
                <summary>${msg("Details")}</summary>
                ${origin}
              </details>`
            : nothing
        }
      </div>
    </li>`;
  }
}

customElements.define("awaz-audit", Audit);
