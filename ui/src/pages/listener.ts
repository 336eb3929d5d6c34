import { html, nothing, type TemplateResult } from "lit";
import { LiveClient, type LiveView } from "../client/live.ts";
import { GuestSession } from "../client/session.ts";
import type { StationState } from "../client/state.ts";
import { audibleUrl, slugOfPath } from "../client/urls.ts";
import "../parts/announcer.ts";
import "../parts/connection.ts";
import "../parts/history.ts";
import "../parts/listener-count.ts";
import "../parts/live-badge.ts";
import "../parts/now-playing.ts";
import "../parts/player.ts";
import "../parts/station-list.ts";
import type { Player } from "../parts/player.ts";
import { sentence } from "../parts/problem.ts";
import { said } from "../parts/text.ts";
import { footer, header, message } from "./frame.ts";
import { tellSystem } from "./media-session.ts";
import { StationNames } from "./names.ts";
import { keepAwake, Page } from "./page.ts";
import { browser } from "./session.ts";

/** The page at `/` and `/s/<slug>`. */
export class ListenerPage extends Page {
  readonly #names = new StationNames(() => this.requestUpdate());
  readonly #live = new LiveClient({
    tokens: new GuestSession(browser()),
    reception: () => this.#reception(),
  });
  #view: LiveView = this.#live.view;
  #named = slugOfPath(location.pathname);
  #selected: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.subscribe((view) => {
      this.#view = view;
      this.#select();
      this.requestUpdate();
    });
    this.#select();
    this.#live.start();
    addEventListener("popstate", () => this.#goTo(location.pathname));
    keepAwake(this.#live);
  }

  override updated(): void {
    const state = this.#state;
    tellSystem(state);
    this.#names.need((this.#view.directory ?? []).map((entry) => entry.station));
  }

  override render() {
    return html`${header()}
      <main id="main">${this.#main()}</main>
      ${footer(["/studio", "Studio"])}
      ${this.#view.sentAway === undefined
        ? html`<awaz-connection .state=${this.#view.connection}></awaz-connection>`
        : nothing}
      <awaz-announcer .state=${this.#state}></awaz-announcer>`;
  }

  get #state(): StationState | undefined {
    return this.#selected === undefined ? undefined : this.#view.stations.get(this.#selected);
  }

  #main(): TemplateResult {
    const { directory, missing, sentAway } = this.#view;
    if (sentAway !== undefined) return closed(sentAway);
    if (this.#named === "" || (this.#selected !== undefined && missing.has(this.#selected))) {
      return message(
        "There is no such station",
        "The address may be mistyped, or the station has moved on.",
        html`<a class="main" href="/" @click=${this.#onLink}>See what is on</a>`,
      );
    }
    if (directory && !directory.length && this.#named === undefined) {
      return message("No stations yet", "As soon as one is set up here, it appears on this page by itself.");
    }
    const reason = this.#selected === undefined ? undefined : this.#view.closed.get(this.#selected);
    return html`${reason === undefined ? this.#hero(this.#state) : closed(reason)}
      <div class="below">${this.#history(this.#state)} ${this.#others()}</div>`;
  }

  #hero(state: StationState | undefined): TemplateResult {
    const name = state?.station.name ?? "";
    const url = state ? audibleUrl(state.station.stream_url, location.hostname) : "";
    return html`<section class="hero" aria-label=${name || "Station"}>
      <awaz-player
        .slug=${this.#selected ?? ""}
        .name=${name}
        .url=${url}
        .onAirNow=${state ? state.onAir !== "offair" : false}
      ></awaz-player>
      <div class="on-air">
        ${state ? this.#onAir(state) : html`<p class="tuning">Tuning in…</p>`}
      </div>
    </section>`;
  }

  #onAir(state: StationState): TemplateResult {
    const { name, description } = state.station;
    return html`<div class="facts">
        <awaz-live-badge hook="badge" .onAir=${state.onAir}></awaz-live-badge>
        <awaz-listener-count .count=${state.listeners}></awaz-listener-count>
      </div>
      <h1>${said(name, "station")}</h1>
      ${description ? html`<p class="description">${said(description)}</p>` : nothing}
      <awaz-now-playing .state=${state} .clock=${this.#live.clock}></awaz-now-playing>`;
  }

  #history(state: StationState | undefined) {
    if (!state) return nothing;
    return html`<section aria-labelledby="before">
      <h2 id="before">Heard before</h2>
      <awaz-history .plays=${state.history} .clock=${this.#live.clock}></awaz-history>
    </section>`;
  }

  #others() {
    const others = (this.#view.directory ?? []).filter((entry) => entry.station !== this.#selected);
    if (!others.length) return nothing;
    return html`<nav aria-labelledby="others" @click=${this.#onLink}>
      <h2 id="others">Other stations</h2>
      <awaz-station-list .stations=${others} .names=${this.#names.names}></awaz-station-list>
    </nav>`;
  }

  #select(): void {
    const wanted = this.#named ?? this.#selected ?? this.#view.directory?.[0]?.station;
    if (!wanted || wanted === this.#selected) return;
    const before = this.#selected;
    this.#selected = wanted;
    if (before !== undefined) this.#live.unfollow(before);
    this.#live.follow(wanted);
  }

  /** Change the station without leaving the page, so that the sound goes over by itself. */
  readonly #onLink = (event: MouseEvent): void => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.composedPath().find((target) => target instanceof HTMLAnchorElement);
    if (!link) return;
    event.preventDefault();
    history.pushState(null, "", link.pathname);
    this.#goTo(link.pathname);
    scrollTo({ top: 0 });
  };

  #goTo(path: string): void {
    this.#named = slugOfPath(path);
    if (this.#named === undefined && this.#selected !== undefined) {
      // Home shows the first of the list again.
      const first = this.#view.directory?.[0]?.station;
      if (first !== this.#selected) this.#live.unfollow(this.#selected);
      if (first !== this.#selected) this.#selected = undefined;
    }
    this.#select();
    this.requestUpdate();
  }

  #reception() {
    const player = this.querySelector<Player>("awaz-player");
    if (!player?.playing || !this.#state) return undefined;
    return { station: this.#state.slug, buffer_ms: player.bufferedMs, stalls: player.stalls, mode: "page" };
  }
}

/** For somebody who is kept out, from one station or from all. */
function closed(reason: string): TemplateResult {
  return html`<div data-testid="sent-away">${message("You cannot listen here now", sentence(reason))}</div>`;
}

customElements.define("awaz-listener", ListenerPage);
