import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { numberText, whenText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { LovedPlay } from "../../wire/schema.ts";

const DAYS = [7, 30, 365];
const SHOWN = 20;

/** The plays that listeners liked most, and when they were; for hosts. */
export class Loved extends AwazElement {
  static override properties = { days: { state: true } };
  declare private days: number;

  static override styles = [
    common,
    controls,
    css`
      ol {
        margin-block-start: 0.75rem;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1rem 0.9rem;
        padding-block: 0.55rem;
        overflow-wrap: anywhere;
      }
      li + li {
        border-block-start: 1px solid var(--line);
      }
      .detail {
        color: var(--muted);
        font-size: var(--text-small);
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #loved = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/loved", {
      path: { slug: this.#station.value.slug },
      query: { days: this.days, limit: SHOWN },
    }),
  );

  constructor() {
    super();
    this.days = 30;
  }

  override render() {
    return html`<label>
        ${msg("Period")}
        <select data-testid="loved-days" @change=${this.#onDays}>
          ${DAYS.map(
            (days) =>
              html`<option value=${days} .selected=${days === this.days}>
                ${msg(str`Last ${numberText(days)} days`)}
              </option>`,
          )}
        </select>
      </label>
      ${this.#loved.render(({ plays }) =>
        plays.length
          ? html`<ol data-testid="loved">
              ${plays.map(row)}
            </ol>`
          : html`<p class="muted">${msg("No songs were liked in this period.")}</p>`,
      )}`;
  }

  readonly #onDays = ({ target }: Event): void => {
    this.days = Number((target as HTMLSelectElement).value);
  };
}

function row({ title, artist, started_at, likes }: LovedPlay): TemplateResult {
  return html`<li data-testid="loved-play">
    <strong>${userText(title)}</strong>
    ${artist ? html`<span>${userText(artist)}</span>` : ""}
    <span class="detail">♥ ${numberText(likes)} · <bdi>${whenText(started_at)}</bdi></span>
  </li>`;
}

customElements.define("awaz-loved", Loved);
