import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { ContextProvider } from "@lit/context";
import { readBoot } from "../app/boot.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { likesContext, sessionContext, stationContext, type LikeIt } from "../app/contexts.ts";
import { InView } from "../app/in-view.ts";
import { followLanguage, startLanguage } from "../app/language.ts";
import { Selected } from "../app/selected.ts";
import { slugFromPath } from "../app/urls.ts";
import { whenIdle } from "../app/when-idle.ts";
import "../features/history/track-history.ts";
import type { Like } from "../features/likes/like.ts";
import "../features/now-playing/announcer.ts";
import { HeardStation } from "../features/player/heard.ts";
import { titleOf, updateMediaSession } from "../features/player/media-session.ts";
import { syncedBy } from "../features/player/synced.ts";
import { Playback, type Playable } from "../features/player/playback.ts";
import { controlBySystem } from "../features/player/system.ts";
import { ordered } from "../features/stations/order.ts";
import { BackOnAir } from "../features/notify/back-on-air.ts";
import "../features/notify/notify-me.ts";
import "../features/share/share.ts";
import type { Share } from "../features/share/share.ts";
import "../features/shortcuts/shortcuts.ts";
import "../features/stations/live-notice.ts";
import "../kit/connection-notice.ts";
import { AwazClient } from "../sdk/client.ts";
import type { AwazError } from "../sdk/errors.ts";
import { GuestSession } from "../sdk/session.ts";
import { tokensOf } from "../sdk/tokens.ts";
import type { DigestEntry } from "../wire/schema.ts";
import { Guest } from "../app/guest.ts";
import { hero, layoutOf } from "./hero.ts";
import "./home.ts";
import { stationCards } from "./home.ts";
import { about, banNotice, footer, header, notice } from "./layout.ts";
import { onResume } from "../app/on-resume.ts";
import { Page } from "./page.ts";
import { playableEntry, playableStation, playbackStats } from "../features/player/playable.ts";
import { StationChat } from "../app/station-chat.ts";

/** What the page came with. */
const boot = readBoot();

/** The pages at `/` and `/s/<slug>`: one app, so that the sound goes on from page to page. */
export class ListenerPage extends Page {
  protected override readonly path = "/";
  readonly #playback: Playback = new Playback(syncedBy((slug) => this.#client.timeSource(slug)));
  readonly #session = new GuestSession(browserEnvironment());
  readonly #client = new AwazClient({
    getToken: tokensOf(this.#session),
    directory: boot.directory?.stations,
    snapshot: boot.snapshot,
    playbackStats: () => playbackStats(this.#playback),
  });
  readonly #heard = new Map<string, HeardStation>();
  readonly #awaited = new BackOnAir();
  readonly #provider = new ContextProvider(this, { context: stationContext });
  readonly #guest = new Guest(this.#session, this.#client, () => this.requestUpdate());
  readonly #chat = new StationChat(this, (slug) => this.#client.station(slug));
  /** Where there is room for the chat beside what is on. */
  readonly #isWide = matchMedia("(width >= 80rem)");
  readonly #panel = new InView(() => this.requestUpdate());
  #slugInPath = boot.slug ?? slugFromPath(location.pathname);
  /** The names of the stations that were shown: of one that is removed, nothing else is left. */
  readonly #names = new Map<string, string>();
  /** Why the station that played was stopped, for pages that do not say it themselves. */
  #stopped: { readonly slug: string; readonly text: string } | undefined;
  readonly #shown = new Selected(this, () => this.#station(this.#shownSlug), layoutOf);
  readonly #playing = new Selected(this, () => this.#station(this.#playback.station?.slug), layoutOf);

  override connectedCallback(): void {
    super.connectedCallback();
    new ContextProvider(this, { context: likesContext, initialValue: this.#like });
    new ContextProvider(this, { context: sessionContext, initialValue: this.#session });
    document.body.append(this.#playback.audio);
    this.#isWide.addEventListener("change", () => this.requestUpdate());
    void whenIdle(
      () => import("../features/chat/chat.ts"),
      () => import("../features/together/together.ts"),
      () => import("../features/player/player-bar.ts"),
      () => import("../features/account/personal-data.ts"),
    );
    this.#client.on("state", () => this.requestUpdate());
    this.#client.on("directory", (directory) => {
      this.#awaited.update(directory);
      this.requestUpdate();
    });
    this.#playback.subscribe(() => {
      this.#client.report();
      this.requestUpdate();
    });
    controlBySystem(this.#playback, () => void this.querySelector<Like>(".hero awaz-like")?.toggle());
    this.#client.connect();
    onResume(() => {
      this.#client.checkConnection();
      this.#playback.retryNow();
    });
  }

  override willUpdate(): void {
    this.#updatePlayback();
    this.#provider.setValue(this.#station(this.#shownSlug));
    this.#chat.update(this.#isPlayerShown ? this.#shownSlug : undefined, this.#guest.writer);
  }

  readonly #like: LikeIt = async (target, on) => {
    if (this.#shownSlug) await this.#client.station(this.#shownSlug).like(target, on);
  };

  override updated(): void {
    this.#panel.observe(this.querySelector(".hero"));
    const shown = this.#station(this.#shownSlug);
    if (shown?.state) this.#names.set(shown.slug, shown.state.station.name);
    if (!shown || shown.state) void followLanguage(shown?.state?.station.language ?? "");
    document.title = this.#title();
    const playing = this.#station(this.#playback.station?.slug);
    const heard = playing?.state ? playing : shown;
    if (heard?.state) updateMediaSession(heard.state, heard.now());
  }

  #title(): string {
    const { state, problem } = this.#station(this.#shownSlug) ?? {};
    if (!problem && this.#slugInPath !== "") return titleOf(state);
    const about = problem?.code === "banned" ? (state?.station.name ?? "") : this.#goneText();
    return [about, titleOf(undefined)].filter(Boolean).join(" · ");
  }

  override render() {
    return html`${header()}
      <main id="main" tabindex="-1">
        <p class="stopped" role="status" data-testid="stopped">${this.#stoppedText}</p>
        <awaz-live-notice .stations=${this.#client.directory ?? []} .except=${this.#shownSlug}></awaz-live-notice>
        ${this.#main()}
      </main>
      ${footer([["/studio", msg("Studio"), this.#playback.isActive()]], html`<awaz-shortcuts .run=${this.#onShortcut}></awaz-shortcuts>`)}
      ${this.#bar()}
      ${!this.#refusal ? html`<awaz-connection .status=${this.#client.status}></awaz-connection>` : nothing}
      <awaz-announcer></awaz-announcer>`;
  }

  get #stoppedText(): string {
    return this.#stopped && this.#stopped.slug !== this.#shownSlug ? this.#stopped.text : "";
  }

  /** The station of the page: that of its address, or the only one there is. */
  get #shownSlug(): string | undefined {
    if (this.#slugInPath !== undefined) return this.#slugInPath;
    const { directory } = this.#client;
    return directory?.length === 1 ? directory[0]?.station : undefined;
  }

  /** The server's refusal, while the user is banned from the platform. */
  get #refusal(): AwazError | undefined {
    const { state, problem } = this.#client.status;
    return state === "refused" ? problem : undefined;
  }

  #station(slug: string | undefined): HeardStation | undefined {
    if (!slug) return undefined;
    const station = this.#heard.get(slug) ?? new HeardStation(this.#client.station(slug), this.#playback);
    this.#heard.set(slug, station);
    return station;
  }

  #main(): TemplateResult {
    const { directory } = this.#client;
    const slug = this.#shownSlug;
    const problem = this.#shown.value?.problem;
    if (this.#refusal) return banNotice(msg("You can’t listen here"), this.#refusal.ban);
    if (slug === "" || (problem && problem.code !== "banned")) {
      return notice(
        this.#goneText(),
        this.#names.has(slug ?? "") ? "" : msg("Check the address: the station may have been removed."),
        html`<a class="primary" href="/">${msg("See what’s on")}</a>`,
      );
    }
    if (slug !== undefined) {
      const station = problem
        ? banNotice(this.#bannedText(slug), problem.ban)
        : hero(this.#shown.value ?? {}, this.#playable(slug), this.#playback);
      const isWide = this.#isWide.matches;
      const chat = problem ? nothing : this.#chatPanel(!isWide);
      // The schedule has its place; nothing is there yet.
      return html`<div class="station-page">
        <div>
          ${station} ${isWide ? nothing : html`<div class="chat-room">${chat}</div>`} ${this.#share(slug)}
          ${about(this.#shown.value?.station)}
        </div>
        <div class="chat">${isWide ? chat : nothing}</div>
        <div class="below">
          ${this.#others(slug)} ${problem ? nothing : this.#history()}
          <div class="schedule"></div>
        </div>
      </div>`;
    }
    if (!directory) return html`<h1 class="tuning">${msg("Tuning in…")}</h1>`;
    if (!directory.length) return notice(msg("No stations yet"), msg("New stations appear here automatically."));
    return this.#home(directory);
  }

  #goneText(): string {
    const name = this.#names.get(this.#shownSlug ?? "");
    return name === undefined ? msg("Station not found") : msg(str`${name} has been removed`);
  }

  #bannedText(slug: string): string {
    const { name } = this.#playable(slug);
    return name ? msg(str`You can’t listen to ${name}`) : msg("You can’t listen to this station");
  }

  #home(directory: readonly DigestEntry[]): TemplateResult {
    const heard = directory.map((entry) => this.#heardEntry(entry));
    return html`<awaz-home .stations=${heard} .playback=${this.#playback}></awaz-home>`;
  }

  /** A line of the directory: of the station that plays, what is heard of it. */
  #heardEntry(entry: DigestEntry): DigestEntry {
    const { kind, track } = this.#playing.value ?? {};
    if (kind === undefined || !this.#playback.isActive(entry.station)) return entry;
    const heard: DigestEntry = { ...entry, on_air: kind };
    delete heard.title;
    delete heard.artist;
    return track ? { ...heard, title: track.title, artist: track.artist } : heard;
  }

  #share(slug: string) {
    if (!this.#isPlayerShown) return nothing;
    const { station, kind } = this.#shown.value ?? {};
    const name = station?.name ?? "";
    return html`<awaz-notify-me
        .slug=${slug}
        .name=${name}
        .offAir=${kind === "offair"}
        .awaited=${this.#awaited}
      ></awaz-notify-me>
      <awaz-share .slug=${slug} .name=${name}></awaz-share>
      <awaz-together
        .together=${this.#client.station(slug).together}
        .userId=${this.#guest.writer.userId}
      ></awaz-together>`;
  }

  #chatPanel(asSheet: boolean) {
    return this.#chat.isShown
      ? html`<awaz-chat ?sheet=${asSheet} .here=${this.#shown.value?.here}>
          <awaz-personal-data slot="menu" @erased=${this.#guest.begin}></awaz-personal-data>
        </awaz-chat>`
      : nothing;
  }

  #history() {
    if (!this.#shown.value?.station) return nothing;
    return html`<section aria-labelledby="history">
      <h2 id="history">${msg("Recently played")}</h2>
      <awaz-history></awaz-history>
    </section>`;
  }

  #others(slug: string) {
    const others = ordered(this.#client.directory ?? []).filter((entry) => entry.station !== slug);
    if (!others.length) return nothing;
    return html`<nav aria-labelledby="others">
      <h2 id="others">${msg("Other stations")}</h2>
      ${stationCards(others, this.#playback, true)}
    </nav>`;
  }

  /** Whether the page has the player of its station, and not a notice in its place. */
  get #isPlayerShown(): boolean {
    return Boolean(this.#shownSlug) && !this.#refusal && !this.#shown.value?.problem;
  }

  /** Not while the player of the same station is in view: two buttons for one thing. */
  #bar() {
    const { station } = this.#playback;
    if (!station || this.#refusal || this.#client.station(station.slug).problem) return nothing;
    if (this.#isPlayerShown && station.slug === this.#shownSlug && this.#panel.isInView) return nothing;
    return html`<awaz-player-bar
      .playback=${this.#playback}
      .track=${this.#playing.value?.track}
      .picture=${this.#playing.value?.station?.art_url}
    ></awaz-player-bar>`;
  }

  #playable(slug: string): Playable {
    const state = this.#client.station(slug).state;
    const entry = this.#client.directory?.find(({ station }) => station === slug);
    const heard = this.#station(slug);
    if (state && heard) return playableStation(state, heard);
    return entry ? playableEntry(entry) : { slug, name: "", streams: [], onAir: false };
  }

  protected override isOwn(path: string): boolean {
    return path === "/" || Boolean(slugFromPath(path));
  }

  protected override addressChanged(): void {
    this.#slugInPath = slugFromPath(location.pathname);
    this.#stopped = undefined;
    this.requestUpdate();
    this.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  }

  /** Take in what is new of the station that plays; one that may not be heard any more is stopped. */
  #updatePlayback(): void {
    const slug = this.#playback.station?.slug;
    if (slug === undefined) return;
    const { problem } = this.#client.station(slug);
    if (problem && this.#playback.isActive()) {
      const { name } = this.#playback.station ?? { name: slug };
      const text =
        problem.code === "banned" ? msg(str`You are banned from ${name}.`) : msg(str`${name} has been removed.`);
      this.#stopped = { slug, text };
    }
    if (this.#refusal || problem) this.#playback.stop();
    else if (this.#playback.isActive()) this.#stopped = undefined;
    this.#playback.update(this.#playable(slug));
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
    const slug = this.#isPlayerShown ? this.#shownSlug : undefined;
    const station = slug === undefined ? this.#playback.station : this.#playable(slug);
    if (!station?.streams.length) return false;
    this.#playback.toggle(station);
    return true;
  }
}

await startLanguage(boot.language);
customElements.define("awaz-listener", ListenerPage);
