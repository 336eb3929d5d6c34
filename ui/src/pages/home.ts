import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { playButton } from "../features/player/controls.ts";
import type { Playback } from "../features/player/playback.ts";
import { found, ordered } from "../features/stations/order.ts";
import "../features/stations/station-cards.ts";
import { AwazElement } from "../kit/element.ts";
import type { DigestEntry } from "../wire/schema.ts";
import { playableEntry } from "../features/player/playable.ts";

/** From so many stations on, they can be searched. */
const SEARCHED_FROM = 7;

/** The stations of the platform, those on air first. It is styled by the page, and has no root of its own. */
export class Home extends AwazElement {
  static override properties = { stations: {}, playback: {}, search: { state: true } };
  declare stations: readonly DigestEntry[];
  declare playback: Playback;
  declare private search: string;

  constructor() {
    super();
    this.search = "";
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    const isSearched = this.stations.length >= SEARCHED_FROM;
    const shown = isSearched ? found(ordered(this.stations), this.search) : ordered(this.stations);
    return html`<div class="home-head">
        <h1>${msg("Stations")}</h1>
        ${isSearched ? this.#searchField() : nothing}
      </div>
      ${shown.length ? stationCards(shown, this.playback) : html`<p role="status">${msg("No stations found.")}</p>`}`;
  }

  #searchField(): TemplateResult {
    return html`<input
      type="search"
      dir="auto"
      data-testid="search"
      aria-label=${msg("Search stations")}
      placeholder=${msg("Search stations")}
      .value=${live(this.search)}
      @input=${(event: Event) => (this.search = (event.target as HTMLInputElement).value)}
    />`;
  }
}

/** Cards of stations, each with a button that plays it; in one row where `strip` is set. */
export function stationCards(stations: readonly DigestEntry[], playback: Playback, strip = false): TemplateResult {
  return html`<awaz-station-cards
    ?strip=${strip}
    .stations=${stations}
    .action=${(entry: DigestEntry) => playButton(playback, playableEntry(entry), "card-play")}
  ></awaz-station-cards>`;
}

customElements.define("awaz-home", Home);
