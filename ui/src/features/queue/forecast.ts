import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { timeOfDay } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { ForecastView, QueueItem } from "../../wire/schema.ts";
import { whyText } from "./why.ts";

/** How a station's queue goes on for 24 hours if nobody changes anything. */
export class Forecast extends AwazElement {
  static override styles = [
    common,
    controls,
    css`
      ol {
        margin-block-start: 0.8rem;
      }
      li {
        display: grid;
        grid-template-columns: 5.5rem minmax(0, 1fr);
        gap: 0.1rem 0.6rem;
        padding-block: 0.35rem;
        border-block-start: 1px solid var(--line);
        overflow-wrap: anywhere;

        /* Up to 2,000 rows, of which a screen shows a few. */
        content-visibility: auto;
        contain-intrinsic-block-size: auto 3.2rem;
      }
      time {
        font-variant-numeric: tabular-nums;
      }
      .why,
      .first {
        color: var(--muted);
        font-size: var(--text-label);
      }
      .why {
        display: block;
      }
      .first {
        display: block;
        padding-block: 0.6rem;
        border-block-start: 2px solid var(--marigold);
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #forecast = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/queue/forecast", { path: { slug: this.#station.value.slug } }),
  );

  override render() {
    return html`${this.#forecast.render((view) => this.#list(view))}`;
  }

  #list({ items, planned }: ForecastView): TemplateResult {
    if (!items.length) return html`<p class="muted">${msg("There is no music to play yet.")}</p>`;
    return html`<button class="secondary" data-testid="forecast-again" @click=${() => void this.#forecast.fetch()}>
        ${msg("Update")}
      </button>
      <ol data-testid="forecast">
        ${items.map((item, place) => this.#row(item, place === planned))}
      </ol>`;
  }

  #row(item: QueueItem, isFirstAfterQueue: boolean): TemplateResult {
    const { track, starts_at } = item;
    const first = isFirstAfterQueue
      ? html`<li class="first">
          ${msg(str`The queue is planned up to here. From ${timeOfDay(starts_at)} on, this is what AutoDJ would choose now.`)}
        </li>`
      : nothing;
    return html`${first}
      <li data-testid="forecast-item">
        <time dir="auto" datetime=${new Date(starts_at).toISOString()}>${timeOfDay(starts_at)}</time>
        <span
          ><strong>${userText(track.title)}</strong> · ${artistText(track.artist)}
          <span class="why">${whyText(item)}</span></span
        >
      </li>`;
  }
}

customElements.define("awaz-forecast", Forecast);
