import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { listeningText } from "../../i18n/plural.ts";
import { AwazElement } from "../../kit/element.ts";
import "../../kit/live-badge.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { emblem, groundOf } from "../../kit/roundel.ts";
import { common, roundToggle } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import type { DigestEntry } from "../../wire/schema.ts";

/** Stations as cards: each links to its page, and has what the page gives it to act with. */
export class StationCards extends AwazElement {
  static override properties = { stations: {}, action: {} };
  declare stations: readonly DigestEntry[];
  /** What is at the end of a card, such as a play button. */
  declare action: (station: DigestEntry) => TemplateResult;

  static override styles = [
    common,
    roundToggle,
    roundelStyles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr));
        gap: 0.75rem;
      }

      /* On phones, a strip that is moved sideways, so that what is below it is not far down. */
      @media (width <= 46rem) {
        :host([strip]) ul {
          grid-template-columns: none;
          grid-auto-flow: column;
          grid-auto-columns: min(86%, 21rem);
          overflow-x: auto;
          scroll-snap-type: x proximity;
          padding-block-end: 0.5rem;
        }
        :host([strip]) li {
          scroll-snap-align: start;
        }
      }
      li {
        position: relative;
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.2rem 0.9rem;
        align-items: center;
        padding: 0.75rem 0.9rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-row);
        background: var(--card);
        transition: border-color 0.15s;
      }
      li:hover {
        border-color: var(--muted);
      }
      li[data-on-air="live"] {
        border-block-start: 4px solid var(--madder);
      }
      a {
        display: block;
        color: inherit;
        text-decoration: none;
        font-weight: 700;
      }

      /* The whole card leads to the station, but for the button. */
      a::after {
        content: "";
        position: absolute;
        inset: 0;
        border-radius: inherit;
      }
      .disc {
        inline-size: 3.2rem;
      }
      .entry {
        min-inline-size: 0;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.2rem 0.6rem;
      }
      .playing {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
        color: var(--muted);
        font-size: var(--text-small);
      }
      .toggle {
        position: relative;
        z-index: 1;
      }
    `,
  ];

  override render() {
    return html`<ul data-testid="stations">
      ${repeat(
        this.stations,
        ({ station }) => station,
        (entry) => this.#station(entry),
      )}
    </ul>`;
  }

  #station(entry: DigestEntry): TemplateResult {
    const { station, name, on_air, listeners, art_url } = entry;
    return html`<li data-station=${station} data-on-air=${on_air}>
      <span class="disc" data-ground=${groundOf(station)}>${emblem(station, art_url)}</span>
      <span class="entry">
        <a href="/s/${station}">${userText(name)}</a>
        <span class="top">
          <awaz-live-badge .onAir=${on_air}></awaz-live-badge>
          ${listeners ? html`<span class="playing">${listeningText(listeners)}</span>` : nothing}
        </span>
        ${playing(entry).map((line) => html`<span class="playing">${line}</span> `)}
      </span>
      ${on_air === "offair" ? nothing : this.action(entry)}
    </li>`;
  }
}

/** The lines about the current track. */
function playing({ title, artist, on_air }: DigestEntry): readonly unknown[] {
  if (on_air === "offair") return [msg("Nothing playing right now")];
  return [title, artist].flatMap((text) => (text ? [userText(text)] : []));
}

customElements.define("awaz-station-cards", StationCards);
