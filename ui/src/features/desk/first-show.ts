import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import type { SignalView } from "../../wire/schema.ts";

/** Leads to the station's first show, step by step; nothing once there was one. */
export class FirstShow extends AwazElement {
  static override properties = { sources: {}, onAir: { type: Boolean }, autoLive: { type: Boolean } };
  declare sources: readonly SignalView[];
  declare onAir: boolean;
  /** Whether an encoder goes on air as soon as it connects. */
  declare autoLive: boolean;

  static override styles = [
    common,
    css`
      ol {
        margin-block-end: 1.2rem;
        padding-inline-start: 1.4rem;
        list-style: decimal;
      }
      li {
        padding-block: 0.25rem;
      }
      p {
        margin-block-end: 1.2rem;
        color: var(--muted);
        font-size: var(--text-small);
      }
      [data-done]::marker {
        content: "✓ ";
        color: var(--good);
      }
      [data-done] {
        color: var(--muted);
      }
    `,
  ];

  /** The record of shows is that of when the page was opened. */
  #hasBeenOnAir = false;
  readonly #station = new FromPage(this, stationContext);
  readonly #past = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/broadcasts", { path: { slug: this.#station.value.slug }, query: { limit: 1 } }),
  );

  override willUpdate(): void {
    this.#hasBeenOnAir ||= this.onAir;
  }

  override render() {
    const hasEnded = this.#hasBeenOnAir && !this.onAir;
    return this.#past.value?.items.length === 0 && !hasEnded ? this.#steps() : nothing;
  }

  #steps() {
    const isHeard = this.sources.some(({ rows }) => rows.some(({ row, state }) => row === "level" && state === "ok"));
    const steps = [
      [this.sources.length > 0, msg("Connect an encoder or this browser’s microphone.")],
      [isHeard, msg("Play or say something until the loudness is right.")],
      [this.onAir, msg("Press Go live.")],
    ] as const;
    return html`<ol data-testid="first-show" aria-label=${msg("Your first show")}>
        ${steps.map(([isDone, text]) => html`<li ?data-done=${isDone}>${text}</li>`)}
      </ol>
      ${this.autoLive ? html`<p>${msg("An encoder goes on air as soon as it connects: see Settings.")}</p>` : nothing}`;
  }
}

customElements.define("awaz-first-show", FirstShow);
