import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { ofStation } from "../../app/selected.ts";
import { clockText, numberText, whenText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { BroadcastRecord } from "../../wire/schema.ts";
import "./broadcast-report.ts";

/** Past broadcasts with their hosts, lengths and peaks; each opens its report. */
export class PastBroadcasts extends AwazElement {
  static override properties = { opened: { state: true } };
  /** The broadcasts whose reports are shown. */
  declare private opened: ReadonlySet<string>;

  static override styles = [
    common,
    controls,
    css`
      li + li {
        border-block-start: 1px solid var(--line);
      }
      summary {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 0.9rem;
        position: relative;
        padding-block: 0.7rem;
        padding-inline-end: 1.6rem;
        cursor: pointer;
      }
      summary::after {
        content: "";
        position: absolute;
        inset-block-start: 1.1rem;
        inset-inline-end: 0.4rem;
        inline-size: 0.5em;
        block-size: 0.5em;
        border: solid currentcolor;
        border-width: 0 2px 2px 0;
        rotate: 45deg;
        forced-color-adjust: none;
      }
      details[open] summary::after {
        rotate: -135deg;
      }
      summary strong {
        overflow-wrap: anywhere;
      }
      .detail {
        color: var(--muted);
        font-size: var(--text-small);
        font-variant-numeric: tabular-nums;
      }
      awaz-broadcast-report {
        display: block;
        padding-block-end: 1rem;
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #broadcasts = new PagedResource(this, (page) =>
    to("GET /api/v1/stations/{slug}/broadcasts", { path: { slug: this.#station.value.slug }, query: page }),
  );
  readonly #current = ofStation(this, ({ broadcast, onAir }) => (onAir === "autodj" ? undefined : broadcast?.id));
  #fetchedFor: string | undefined;

  constructor() {
    super();
    this.opened = new Set();
  }

  override updated(): void {
    const current = this.#current.value;
    if (current === this.#fetchedFor) return;
    this.#fetchedFor = current;
    void this.#broadcasts.refresh(({ id }) => id);
  }

  override render() {
    return this.#broadcasts.render("past", (items) => {
      const past = items.filter(({ id }) => id !== this.#current.value);
      if (!past.length) return html`<p class="muted">${msg("No show has ended yet.")}</p>`;
      return html`<ul data-testid="past-broadcasts">
        ${repeat(
          past,
          ({ id }) => id,
          (broadcast) => this.#row(broadcast),
        )}
      </ul>`;
    });
  }

  #row({ id, title, show, host, started_at, ended_at, peak }: BroadcastRecord): TemplateResult {
    // The end of the newest may be on its way to the record.
    const lengthMs = (ended_at ?? this.#station.value.now()) - started_at;
    const name = title ?? show ?? msg("Untitled show");
    return html`<li>
      <details data-testid="past-broadcast" @toggle=${(event: Event) => this.#onToggle(id, event)}>
        <summary>
          <strong>${userText(name)}</strong>
          ${host === undefined ? "" : html`<span>${userText(host)}</span>`}
          <span class="detail">
            <bdi>${whenText(started_at)}</bdi> · <bdi>${clockText(lengthMs)}</bdi>
            ${peak === undefined ? "" : html`· <bdi>${msg(str`peak ${numberText(peak)}`)}</bdi>`}
          </span>
        </summary>
        ${this.opened.has(id) ? html`<awaz-broadcast-report .broadcast=${id}></awaz-broadcast-report>` : ""}
      </details>
    </li>`;
  }

  #onToggle(id: string, { target }: Event): void {
    if ((target as HTMLDetailsElement).open) this.opened = new Set([...this.opened, id]);
  }
}

customElements.define("awaz-past-broadcasts", PastBroadcasts);
