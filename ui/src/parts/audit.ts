import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import type { TokenSource } from "../client/session.ts";
import type { AuditEntry } from "../client/wire.ts";
import { deedOf } from "./deeds.ts";
import { common, controls } from "./styles.ts";
import { said } from "./text.ts";
import { dayAndTime } from "./time.ts";
import { Work } from "./work.ts";

const AT_ONCE = 50;

/** What was done, newest first. */
export class Audit extends LitElement {
  static override properties = { path: {}, session: {}, links: { type: Boolean }, entries: { state: true } };
  /** `stations/<slug>/audit` or `admin/audit`. */
  declare path: string;
  declare session: TokenSource;
  /** Whether a station's name is a link to what was done there: `#activity=<slug>`. */
  declare links: boolean;
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
      .what {
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

  readonly #work = new Work(this);
  #isAll = false;

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
        : this.#nothing()}
      <p class="bad" role="alert" data-testid="audit-problem">${this.#work.problem}</p>
      ${this.#isAll
        ? nothing
        : html`<button class="plain more" data-testid="audit-more" ?disabled=${this.#work.busy} @click=${this.#fetch}>
            ${this.#work.busy ? "Loading…" : "Show more"}
          </button>`}`;
  }

  #nothing() {
    return this.entries ? html`<p class="muted" data-testid="audit">Nothing has been done here yet.</p>` : nothing;
  }

  #entry(entry: AuditEntry): TemplateResult {
    const { at, actor, actor_id, address, station, action } = entry;
    const from = [actor_id && `id ${actor_id}`, address && `from ${address}`].filter(Boolean).join(", ");
    return html`<li data-testid="audit-entry" data-action=${action}>
      <time class="muted" datetime=${new Date(at).toISOString()}>${dayAndTime(at)}</time>
      <div class="what">
        ${said(actor)} ${deedOf(entry)}${station && this.links
          ? html` (<a href="#activity=${station}">${station}</a>)`
          : nothing}.
        ${from ? html`<div class="muted">${from}</div>` : nothing}
      </div>
    </li>`;
  }

  readonly #fetch = async (): Promise<void> => {
    const { path } = this;
    const last = this.entries?.at(-1);
    const query = `limit=${AT_ONCE}${last ? `&before=${last.id}` : ""}`;
    await this.#work.run(async () => {
      const { entries } = await callAs<{ entries: AuditEntry[] }>(this.session, `${path}?${query}`);
      if (path !== this.path) return;
      this.#isAll = entries.length < AT_ONCE;
      this.entries = [...(last ? (this.entries ?? []) : []), ...entries];
    });
    // One thing at a time: what was asked for meanwhile comes now.
    if (path !== this.path) void this.#fetch();
  };
}

customElements.define("awaz-audit", Audit);
