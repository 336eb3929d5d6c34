import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { callAuthenticated } from "../client/http.ts";
import type { TokenSource } from "../client/http.ts";
import type { AuditEntry } from "../client/wire.ts";
import { Action } from "./action.ts";
import { actorOf, describeAction } from "./audit-text.ts";
import { common, controls } from "./styles.ts";
import { dayAndTime } from "./time.ts";

const PAGE_SIZE = 50;

/** The audit log, newest entries first. */
export class Audit extends LitElement {
  static override properties = { path: {}, session: {}, linkStations: { type: Boolean }, entries: { state: true } };
  /** `stations/<slug>/audit` or `admin/audit`. */
  declare path: string;
  declare session: TokenSource;
  /** Whether station names link to the station's own log at `#activity=<slug>`. */
  declare linkStations: boolean;
  declare entries: readonly AuditEntry[] | undefined;

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
      @media (max-width: 30rem) {
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

  readonly #action = new Action(this);
  #isComplete = false;

  override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("path")) return;
    this.entries = undefined;
    void this.#fetch();
  }

  override render() {
    const { entries = [] } = this;
    return html`${entries.length
        ? html`<ol data-testid="audit">
            ${entries.map((entry) => this.#entry(entry))}
          </ol>`
        : this.#empty()}
      <p class="bad" role="alert" data-testid="audit-problem">${this.#action.problem}</p>
      ${this.#isComplete
        ? nothing
        : html`<button
            class="secondary more"
            data-testid="audit-more"
            ?disabled=${this.#action.busy}
            @click=${this.#fetch}
          >
            ${this.#action.busy ? "Loading…" : "Show more"}
          </button>`}`;
  }

  #empty() {
    return this.entries ? html`<p class="muted" data-testid="audit">No activity yet.</p>` : nothing;
  }

  #entry(entry: AuditEntry): TemplateResult {
    const { at, actor_id, address, station, action } = entry;
    const origin = [actor_id && `ID ${actor_id}`, address && `from ${address}`].filter(Boolean).join(", ");
    return html`<li data-testid="audit-entry" data-action=${action}>
      <time class="muted" datetime=${new Date(at).toISOString()}>${dayAndTime(at)}</time>
      <div class="description">
        ${actorOf(entry)} ${describeAction(entry)}${station && this.linkStations
          ? html` (<a href="#activity=${station}">${station}</a>)`
          : nothing}.
        ${origin ? html`<div class="muted">${origin}</div>` : nothing}
      </div>
    </li>`;
  }

  readonly #fetch = async (): Promise<void> => {
    const { path } = this;
    const last = this.entries?.at(-1);
    const query = `limit=${PAGE_SIZE}${last ? `&before=${last.id}` : ""}`;
    await this.#action.run(async () => {
      const { entries } = await callAuthenticated<{ entries: AuditEntry[] }>(this.session, `${path}?${query}`);
      if (path !== this.path) return;
      this.#isComplete = entries.length < PAGE_SIZE;
      this.entries = [...(last ? (this.entries ?? []) : []), ...entries];
    });
    // The action ignores calls while it runs, so fetch a path that was set meanwhile now.
    if (path !== this.path) void this.#fetch();
  };
}

customElements.define("awaz-audit", Audit);
