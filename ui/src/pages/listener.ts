import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { readBoot } from "../app/boot.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { InView } from "../app/in-view.ts";
import { startTheme } from "../app/theme.ts";
import { reachableUrl, slugFromPath } from "../app/urls.ts";
import "../features/history/track-history.ts";
import "../features/now-playing/announcer.ts";
import "../features/now-playing/listener-count.ts";
import "../features/now-playing/now-playing.ts";
import { playButton } from "../features/player/controls.ts";
import { Heard } from "../features/player/heard.ts";
import { titleOf, updateMediaSession } from "../features/player/media-session.ts";
import { Playback, type Playable } from "../features/player/playback.ts";
import "../features/player/player.ts";
import "../features/player/player-bar.ts";
import { controlBySystem } from "../features/player/system.ts";
import { found, ordered } from "../features/stations/order.ts";
import "../features/notify/notify-me.ts";
import "../features/share/share.ts";
import type { Share } from "../features/share/share.ts";
import "../features/shortcuts/shortcuts.ts";
import "../features/stations/live-notice.ts";
import "../features/stations/station-cards.ts";
import { startLanguage } from "../i18n/locale.ts";
import { problemText } from "../i18n/problems.ts";
import "../kit/connection-notice.ts";
import "../kit/live-badge.ts";
import { groundOf } from "../kit/roundel.ts";
import { userText } from "../kit/user-text.ts";
import { LiveClient, type LiveView, type PlaybackStats } from "../sdk/live.ts";
import { GuestSession } from "../sdk/session.ts";
import { audibleKind, type StationState } from "../sdk/state.ts";
import type { DigestEntry, StreamView } from "../wire/schema.ts";
import { footer, header, notice } from "./layout.ts";
import { checkOnResume, Page } from "./page.ts";

/** From so many stations on, the home page can be searched. */
const SEARCHED_FROM = 7;

/** The pages at `/` and `/s/<slug>`: one app, so that the sound goes on from page to page. */
export class ListenerPage extends Page {
  protected override readonly path = "/";
  readonly #boot = readBoot();
  readonly #playback = new Playback();
  readonly #live = new LiveClient({
    tokens: new GuestSession(browserEnvironment()),
    ...(this.#boot.directory && { directory: this.#boot.directory.stations }),
    ...(this.#boot.snapshot && { snapshots: [this.#boot.snapshot] }),
    playbackStats: () => this.#playbackStats(),
  });
  readonly #heard = new Heard(this.#playback, this.#live.clock, () => this.requestUpdate());
  readonly #panel = new InView(() => this.requestUpdate());
  #view: LiveView = this.#live.view;
  #slugInPath = this.#boot.slug ?? slugFromPath(location.pathname);
  /** The stations whose events are wanted: the one of the page, and the one that plays. */
  #followed: ReadonlySet<string> = new Set();
  #search = "";

  override connectedCallback(): void {
    super.connectedCallback();
    document.body.append(this.#playback.audio);
    this.#live.subscribe((view) => {
      this.#view = view;
      this.#heard.update(view.stations);
      this.#follow();
      this.#updatePlayback();
      this.requestUpdate();
    });
    this.#playback.subscribe(() => {
      this.#follow();
      this.requestUpdate();
    });
    controlBySystem(this.#playback);
    this.#follow();
    this.#live.start();
    checkOnResume(this.#live);
  }

  override updated(): void {
    this.#panel.observe(this.querySelector(".hero"));
    const shown = this.#stateOf(this.#shown);
    document.title = titleOf(shown);
    const heard = this.#stateOf(this.#playback.station?.slug) ?? shown;
    if (heard) updateMediaSession(heard, this.#heard.timeOf(heard.slug));
  }

  override render() {
    const shown = this.#stateOf(this.#shown);
    return html`${header()}
      <main id="main" tabindex="-1">${this.#main()}</main>
      ${footer([["/studio", msg("Studio")]], html`<awaz-shortcuts .run=${this.#onShortcut}></awaz-shortcuts>`)}
      ${this.#bar()}
      ${
        this.#view.ban === undefined
          ? html`<awaz-connection .state=${this.#view.connection}></awaz-connection>`
          : nothing
      }
      <awaz-announcer .state=${shown}></awaz-announcer>`;
  }

  /** The station of the page: that of its address, or the only one there is. */
  get #shown(): string | undefined {
    if (this.#slugInPath !== undefined) return this.#slugInPath;
    const { directory } = this.#view;
    return directory?.length === 1 ? directory[0]?.station : undefined;
  }

  /** What is to be shown of a station: what is heard of it, while it plays. */
  #stateOf(slug: string | undefined): StationState | undefined {
    const newest = slug === undefined ? undefined : this.#view.stations.get(slug);
    return newest && this.#heard.stateOf(newest);
  }

  #main(): TemplateResult {
    const { directory, notFound, ban, stationBans } = this.#view;
    if (ban !== undefined) return banNotice(ban);
    const slug = this.#shown;
    if (slug === "" || (slug !== undefined && notFound.has(slug))) {
      return notice(
        msg("Station not found"),
        msg("Check the address, or see what else is playing."),
        html`<a class="primary" href="/">${msg("See what’s on")}</a>`,
      );
    }
    if (slug !== undefined) {
      const stationBan = stationBans.get(slug);
      return html`${stationBan === undefined ? this.#hero(slug) : banNotice(stationBan)} ${this.#share(slug)}
        ${this.#about(slug)}
        <div class="below">${this.#history(this.#stateOf(slug))} ${this.#others(slug)}</div>`;
    }
    if (!directory) return html`<p class="tuning">${msg("Tuning in…")}</p>`;
    if (!directory.length) return notice(msg("No stations yet"), msg("New stations appear here automatically."));
    return this.#home(directory);
  }

  #home(directory: readonly DigestEntry[]): TemplateResult {
    const isSearched = directory.length >= SEARCHED_FROM;
    const shown = isSearched ? found(ordered(directory), this.#search) : ordered(directory);
    return html`<awaz-live-notice .stations=${directory}></awaz-live-notice>
      <div class="home-head">
        <h1>${msg("Stations")}</h1>
        ${isSearched ? this.#searchField() : nothing}
      </div>
      ${shown.length ? this.#cards(shown) : html`<p role="status">${msg("No station found.")}</p>`}`;
  }

  #searchField(): TemplateResult {
    return html`<input
      type="search"
      dir="auto"
      data-testid="search"
      aria-label=${msg("Search stations")}
      placeholder=${msg("Search stations")}
      .value=${live(this.#search)}
      @input=${(event: Event) => {
        this.#search = (event.target as HTMLInputElement).value;
        this.requestUpdate();
      }}
    />`;
  }

  #cards(stations: readonly DigestEntry[], strip = false): TemplateResult {
    return html`<awaz-station-cards
      ?strip=${strip}
      .stations=${stations}
      .action=${(entry: DigestEntry) => playButton(this.#playback, playableEntry(entry), "card-play")}
    ></awaz-station-cards>`;
  }

  #hero(slug: string): TemplateResult {
    const state = this.#stateOf(slug);
    const name = state?.station.name ?? this.#playable(slug)?.name ?? "";
    const isHeard = this.#playback.isActive(slug) && this.#playback.state === "playing";
    return html`<section
      class="hero"
      aria-label=${name || msg("Station")}
      data-ground=${groundOf(slug)}
      data-on-air=${state ? audibleKind(state) : nothing}
    >
      <awaz-roundel class="art" .name=${slug} .turning=${isHeard}></awaz-roundel>
      <div class="facts">${state ? facts(state) : nothing}</div>
      <h1>${name ? userText(name, "station") : msg("Tuning in…")}</h1>
      ${
        state
          ? html`<awaz-now-playing
              .state=${state}
              .clock=${{ now: () => this.#heard.timeOf(state.slug) }}
            ></awaz-now-playing>`
          : html`<div class="skeleton" aria-hidden="true"></div>`
      }
      <awaz-player .station=${this.#playable(slug)} .playback=${this.#playback}></awaz-player>
    </section>`;
  }

  #share(slug: string) {
    if (!this.#isPlayerShown) return nothing;
    const state = this.#stateOf(slug);
    const name = state?.station.name ?? "";
    return html`<awaz-notify-me .slug=${slug} .name=${name} .offAir=${state?.onAir === "offair"}></awaz-notify-me>
      <awaz-share .slug=${slug} .name=${name}></awaz-share>`;
  }

  #about(slug: string) {
    const description = this.#stateOf(slug)?.station.description;
    return description ? html`<p class="about">${userText(description)}</p>` : nothing;
  }

  #history(state: StationState | undefined) {
    if (!state) return nothing;
    return html`<section aria-labelledby="history">
      <h2 id="history">${msg("Recently played")}</h2>
      <awaz-history .slug=${state.station.slug} .plays=${state.history} .clock=${this.#live.clock}></awaz-history>
    </section>`;
  }

  #others(slug: string) {
    const others = ordered(this.#view.directory ?? []).filter((entry) => entry.station !== slug);
    if (!others.length) return nothing;
    return html`<nav aria-labelledby="others">
      <h2 id="others">${msg("Other stations")}</h2>
      ${this.#cards(others, true)}
    </nav>`;
  }

  /** Whether the page has the player of its station, and not a notice in its place. */
  get #isPlayerShown(): boolean {
    const { notFound, ban, stationBans } = this.#view;
    const slug = this.#shown;
    return Boolean(slug) && ban === undefined && !notFound.has(slug ?? "") && !stationBans.has(slug ?? "");
  }

  /** Not while the player of the same station is in view: two buttons for one thing. */
  #bar() {
    const { station } = this.#playback;
    if (!station || (this.#isPlayerShown && station.slug === this.#shown && this.#panel.isInView)) return nothing;
    const track = this.#stateOf(station.slug)?.metadata?.track;
    return html`<awaz-player-bar .playback=${this.#playback} .track=${track}></awaz-player-bar>`;
  }

  #playable(slug: string | undefined): Playable | undefined {
    if (slug === undefined) return undefined;
    const state = this.#view.stations.get(slug);
    const entry = this.#view.directory?.find(({ station }) => station === slug);
    if (!state) return entry ? playableEntry(entry) : { slug, name: "", streams: [], onAir: false };
    return {
      slug,
      name: state.station.name,
      streams: reachable(state.station.streams),
      onAir: state.onAir !== "offair",
    };
  }

  #follow(): void {
    const wanted = new Set(
      [this.#shown, this.#playback.station?.slug].filter((slug) => slug !== undefined && slug !== ""),
    );
    const before = this.#followed;
    this.#followed = wanted as ReadonlySet<string>;
    for (const slug of this.#followed) if (!before.has(slug)) this.#live.follow(slug);
    for (const slug of before) if (!this.#followed.has(slug)) this.#live.unfollow(slug);
  }

  protected override isOwn(path: string): boolean {
    return path === "/" || Boolean(slugFromPath(path));
  }

  protected override addressChanged(): void {
    this.#slugInPath = slugFromPath(location.pathname);
    this.#search = "";
    this.#follow();
    this.requestUpdate();
    this.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  }

  /** Take in what is new of the station that plays; one that may not be heard any more is stopped. */
  #updatePlayback(): void {
    const slug = this.#playback.station?.slug;
    if (slug === undefined) return;
    const { ban, stationBans, notFound } = this.#view;
    if (ban !== undefined || stationBans.has(slug) || notFound.has(slug)) this.#playback.stop();
    const playing = this.#playable(slug);
    if (playing) this.#playback.update(playing);
  }

  /** Do what a key asks for; returns whether there was anything to do. */
  readonly #onShortcut = (shortcut: "toggle" | "mute" | "copy"): boolean => {
    if (shortcut === "toggle") return this.#toggle();
    if (shortcut === "mute") {
      this.#playback.toggleMute();
      return true;
    }
    const share = this.querySelector<Share>("awaz-share");
    void share?.copy();
    return share !== null;
  };

  /** Play or pause what the page shows, else what was played last; returns whether there was anything to do. */
  #toggle(): boolean {
    const station = this.#isPlayerShown ? this.#playable(this.#shown) : this.#playback.station;
    if (!station?.streams.length) return false;
    this.#playback.toggle(station);
    return true;
  }

  #playbackStats(): PlaybackStats | undefined {
    const playback = this.#playback;
    if (!playback.station || !playback.isActive()) return undefined;
    const { bufferedMs, stalls, station } = playback;
    return { station: station.slug, buffer_ms: bufferedMs, stalls, mode: "page" };
  }
}

function facts(state: StationState): TemplateResult {
  const count = html`<awaz-listener-count
    .count=${state.listeners}
    .emptyText=${msg("Be the first to listen")}
  ></awaz-listener-count>`;
  return html`<awaz-live-badge testId="badge" .onAir=${audibleKind(state)}></awaz-live-badge>
    ${state.onAir === "offair" && !state.listeners.count ? nothing : count}`;
}

function playableEntry({ station, name, streams, on_air }: DigestEntry): Playable {
  return { slug: station, name, streams: reachable(streams ?? []), onAir: on_air !== "offair" };
}

function reachable(streams: readonly StreamView[]): readonly StreamView[] {
  return streams.map((stream) => ({ ...stream, url: reachableUrl(stream.url, location.hostname) }));
}

function banNotice(reason: string): TemplateResult {
  const text = problemText({ code: "banned", message: reason });
  return html`<div data-testid="banned">${notice(msg("You can’t listen here"), text)}</div>`;
}

startTheme();
await startLanguage();
customElements.define("awaz-listener", ListenerPage);
