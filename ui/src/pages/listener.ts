import { html, nothing, type TemplateResult } from "lit";
import { LiveClient, type LiveView, type PlaybackStats } from "../client/live.ts";
import { GuestSession } from "../client/session.ts";
import type { StationState } from "../client/state.ts";
import { reachableUrl, slugFromPath } from "../client/urls.ts";
import "../components/announcer.ts";
import "../components/connection-notice.ts";
import { toSentence } from "../components/error-text.ts";
import "../components/listener-count.ts";
import "../components/live-badge.ts";
import "../components/now-playing.ts";
import "../components/player.ts";
import type { Player } from "../components/player.ts";
import "../components/station-list.ts";
import "../components/track-history.ts";
import { userText } from "../components/user-text.ts";
import { browserEnvironment } from "./browser-environment.ts";
import { footer, header, notice } from "./layout.ts";
import { updateMediaSession } from "./media-session.ts";
import { checkOnResume, Page } from "./page.ts";
import { StationNames } from "./station-names.ts";

/** The page at `/` and `/s/<slug>`. */
export class ListenerPage extends Page {
  readonly #names = new StationNames(() => this.requestUpdate());
  readonly #live = new LiveClient({
    tokens: new GuestSession(browserEnvironment()),
    playbackStats: () => this.#playbackStats(),
  });
  #view: LiveView = this.#live.view;
  #slugInPath = slugFromPath(location.pathname);
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
    checkOnResume(this.#live);
  }

  override updated(): void {
    updateMediaSession(this.#state);
    this.#names.load((this.#view.directory ?? []).map((entry) => entry.station));
  }

  override render() {
    return html`${header()}
      <main id="main">${this.#main()}</main>
      ${footer(["/studio", "Studio"])}
      ${
        this.#view.ban === undefined
          ? html`<awaz-connection .state=${this.#view.connection}></awaz-connection>`
          : nothing
      }
      <awaz-announcer .state=${this.#state}></awaz-announcer>`;
  }

  get #state(): StationState | undefined {
    return this.#selected === undefined ? undefined : this.#view.stations.get(this.#selected);
  }

  #main(): TemplateResult {
    const { directory, notFound, ban, stationBans } = this.#view;
    if (ban !== undefined) return banNotice(ban);
    if (this.#slugInPath === "" || (this.#selected !== undefined && notFound.has(this.#selected))) {
      return notice(
        "Station not found",
        "Check the address, or see what else is playing.",
        html`<a class="primary" href="/" @click=${this.#onLink}>See what’s on</a>`,
      );
    }
    if (directory && !directory.length && this.#slugInPath === undefined) {
      return notice("No stations yet", "New stations appear here automatically.");
    }
    const stationBan = this.#selected === undefined ? undefined : stationBans.get(this.#selected);
    return html`${stationBan === undefined ? this.#hero(this.#state) : banNotice(stationBan)}
      <div class="below">${this.#history(this.#state)} ${this.#others()}</div>`;
  }

  #hero(state: StationState | undefined): TemplateResult {
    const name = state?.station.name ?? "";
    const url = state ? reachableUrl(state.station.stream_url, location.hostname) : "";
    return html`<section class="hero" aria-label=${name || "Station"}>
      <awaz-player
        .slug=${this.#selected ?? ""}
        .name=${name}
        .url=${url}
        .onAir=${state ? state.onAir !== "offair" : false}
      ></awaz-player>
      <div class="on-air">${state ? this.#onAir(state) : html`<p class="tuning">Tuning in…</p>`}</div>
    </section>`;
  }

  #onAir(state: StationState): TemplateResult {
    const { name, description } = state.station;
    return html`<div class="facts">
        <awaz-live-badge testId="badge" .onAir=${state.onAir}></awaz-live-badge>
        <awaz-listener-count .count=${state.listeners} emptyText="Be the first to listen"></awaz-listener-count>
      </div>
      <h1>${userText(name, "station")}</h1>
      ${description ? html`<p class="description">${userText(description)}</p>` : nothing}
      <awaz-now-playing .state=${state} .clock=${this.#live.clock}></awaz-now-playing>`;
  }

  #history(state: StationState | undefined) {
    if (!state) return nothing;
    return html`<section aria-labelledby="history">
      <h2 id="history">Recently played</h2>
      <awaz-history .plays=${state.history} .clock=${this.#live.clock}></awaz-history>
    </section>`;
  }

  #others() {
    const others = (this.#view.directory ?? []).filter((entry) => entry.station !== this.#selected);
    if (!others.length) return nothing;
    // eslint-disable-next-line lit-a11y/click-events-have-key-events -- clicks of the links inside, by the keyboard, too
    return html`<nav aria-labelledby="others" @click=${this.#onLink}>
      <h2 id="others">Other stations</h2>
      <awaz-station-list .stations=${others} .names=${this.#names.names}></awaz-station-list>
    </nav>`;
  }

  #select(): void {
    const slug = this.#slugInPath ?? this.#selected ?? this.#view.directory?.[0]?.station;
    if (!slug || slug === this.#selected) return;
    const before = this.#selected;
    this.#selected = slug;
    if (before !== undefined) this.#live.unfollow(before);
    this.#live.follow(slug);
  }

  /** Switch the station without a page load, so that playback continues. */
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
    this.#slugInPath = slugFromPath(path);
    if (this.#slugInPath === undefined && this.#selected !== undefined) {
      // The home page shows the first station.
      const first = this.#view.directory?.[0]?.station;
      if (first !== this.#selected) this.#live.unfollow(this.#selected);
      if (first !== this.#selected) this.#selected = undefined;
    }
    this.#select();
    this.requestUpdate();
  }

  #playbackStats(): PlaybackStats | undefined {
    const player = this.querySelector<Player>("awaz-player");
    if (!player?.isActive || !this.#state) return undefined;
    return { station: this.#state.slug, buffer_ms: player.bufferedMs, stalls: player.stalls, mode: "page" };
  }
}

function banNotice(reason: string): TemplateResult {
  return html`<div data-testid="banned">${notice("You can’t listen here", toSentence(reason))}</div>`;
}

customElements.define("awaz-listener", ListenerPage);
