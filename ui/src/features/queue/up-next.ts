import { msg } from "@lit/localize";
import { css, html } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { StationQueue } from "./station-queue.ts";

const SHOWN = 3;

/** The next tracks of the queue, which are heard when nobody is live. */
export class UpNext extends AwazElement {
  static override styles = [
    common,
    css`
      ol {
        margin-block-end: 0.6rem;
        padding-inline-start: 1.4rem;
        list-style: decimal;
      }
      li {
        padding-block: 0.2rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #queue = new StationQueue(this);

  override render() {
    const { view, problem } = this.#queue;
    if (!view) return html`<p class="muted">${problem || msg("Loading…")}</p>`;
    const items = view.items.slice(0, SHOWN);
    return html`${
        items.length
          ? html`<ol data-testid="up-next">
              ${items.map(({ track }) => html`<li>${userText(track.title)} · ${artistText(track.artist)}</li>`)}
            </ol>`
          : html`<p class="muted">${msg("There is no music to play yet.")}</p>`
      } <a href="/studio/${this.#station.value.slug}/queue">${msg("Change the queue")}</a>`;
  }
}

customElements.define("awaz-up-next", UpNext);
