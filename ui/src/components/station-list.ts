import { LitElement, css, html } from "lit";
import type { DigestEntry } from "../wire/schema.ts";
import { linkIcon } from "./icons.ts";
import "./live-badge.ts";
import { roundelStyles } from "./roundel.css.ts";
import { roundel } from "./roundel.ts";
import { common } from "./styles.ts";
import { userText } from "./user-text.ts";

/** A list of links to stations. */
export class StationList extends LitElement {
  static override properties = { stations: {}, names: {} };
  declare stations: readonly DigestEntry[];
  declare names: ReadonlyMap<string, string>;

  static override styles = [
    common,
    roundelStyles,
    css`
      li + li {
        margin-block-start: 0.6rem;
      }
      a {
        display: grid;
        grid-template-columns: auto 1fr auto;
        gap: 0.2rem 0.9rem;
        align-items: center;
        padding: 0.75rem 0.9rem;
        border-radius: 1rem;
        background: var(--card);
        border: 1px solid var(--line);
        text-decoration: none;
        transition: border-color 0.15s;
      }
      a:hover {
        border-color: var(--muted);
      }
      .disc {
        inline-size: 3.2rem;
        border-radius: 50%;
        background: var(--panel);
        color: var(--panel-ink);
      }
      .name {
        font-weight: 700;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.2rem 0.6rem;
      }
      .entry {
        min-inline-size: 0;
      }
      .playing {
        color: var(--muted);
        font-size: 0.93rem;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .arrow {
        color: var(--muted);
      }
    `,
  ];

  override render() {
    return html`<ul data-testid="stations">
      ${this.stations.map((entry) => this.#station(entry))}
    </ul>`;
  }

  #station({ station, on_air, listeners, title, artist }: DigestEntry) {
    return html`<li>
      <a href="/s/${station}" data-station=${station}>
        <span class="disc">${roundel(station)}</span>
        <span class="entry">
          <span class="top">
            <span class="name">${userText(this.names.get(station) ?? station)}</span>
            <awaz-live-badge .onAir=${on_air}></awaz-live-badge>
          </span>
          <span class="playing">
            ${
              title
                ? html`${userText(title)}${artist ? html` · ${userText(artist)}` : ""}`
                : on_air === "offair"
                  ? "Nothing playing right now"
                  : `${listeners.toLocaleString("en")} listening`
            }
          </span>
        </span>
        <span class="arrow">${linkIcon}</span>
      </a>
    </li>`;
  }
}

customElements.define("awaz-station-list", StationList);
