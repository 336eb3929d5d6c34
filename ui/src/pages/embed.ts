import { ContextProvider } from "@lit/context";
import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import { readBoot } from "../app/boot.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { likesContext, sessionContext, stationContext } from "../app/contexts.ts";
import { startLanguage } from "../app/language.ts";
import { Selected } from "../app/selected.ts";
import { HeardStation } from "../features/player/heard.ts";
import { syncedBy } from "../features/player/synced.ts";
import { Playback } from "../features/player/playback.ts";
import { AwazClient } from "../sdk/client.ts";
import type { AwazError } from "../sdk/errors.ts";
import { GuestSession } from "../sdk/session.ts";
import { tokensOf } from "../sdk/tokens.ts";
import { Guest } from "../app/guest.ts";
import { hero, layoutOf, type Shown } from "./hero.ts";
import { banNotice, notice } from "./layout.ts";
import { onResume } from "../app/on-resume.ts";
import { Page } from "./page.ts";
import { playableStation, playbackStats } from "../features/player/playable.ts";
import { StationChat } from "../app/station-chat.ts";

const boot = readBoot();
const slug = boot.slug ?? "";
/** With the chat below what is on. */
const isTall = new URLSearchParams(location.search).get("size") === "tall";

/** The page at `/embed/<slug>`, which other sites show in a frame: a station with its player, and its chat if asked for. */
export class EmbedPage extends Page {
  protected override readonly path = "/embed";
  readonly #playback: Playback = new Playback(syncedBy((slug) => this.#client.timeSource(slug)));
  readonly #session = new GuestSession(browserEnvironment());
  readonly #client = new AwazClient({
    getToken: tokensOf(this.#session),
    snapshot: boot.snapshot,
    watchDirectory: false,
    playbackStats: () => playbackStats(this.#playback),
  });
  readonly #station = this.#client.station(slug);
  readonly #heard = new HeardStation(this.#station, this.#playback);
  readonly #guest = new Guest(this.#session, this.#client, () => this.requestUpdate());
  readonly #chat = new StationChat(this, (slug) => this.#client.station(slug));
  readonly #shown = new Selected(this, () => this.#heard, layoutOf);

  override connectedCallback(): void {
    super.connectedCallback();
    new ContextProvider(this, { context: stationContext, initialValue: this.#heard });
    new ContextProvider(this, { context: sessionContext, initialValue: this.#session });
    new ContextProvider(this, {
      context: likesContext,
      initialValue: (target, on) => this.#station.like(target, on),
    });
    document.body.append(this.#playback.audio);
    if (isTall) void import("../features/chat/chat.ts");
    this.#client.on("state", () => this.requestUpdate());
    this.#playback.subscribe(() => {
      this.#client.report();
      this.requestUpdate();
    });
    this.#client.connect();
    onResume(() => {
      this.#client.checkConnection();
      this.#playback.retryNow();
    });
  }

  override willUpdate(): void {
    const problem = this.#problem;
    if (problem) this.#playback.stop();
    else this.#playback.update(this.#playable);
    this.#chat.update(isTall && !problem ? slug : undefined, this.#guest.writer);
  }

  override render() {
    const shown: Partial<Shown> = this.#shown.value ?? {};
    const problem = this.#problem;
    return html`<main class="embed" ?data-tall=${isTall}>
      ${problem ? problemNotice(problem) : hero(shown, this.#playable, this.#playback)}
      ${this.#chat.isShown ? html`<awaz-chat .here=${shown.here}></awaz-chat>` : nothing}
      <p class="origin"><a href="/s/${slug}" target="_blank">${msg("Open the station’s page")}</a></p>
    </main>`;
  }

  /** Why the station is not shown: it is gone, or the reader is banned from it or from the platform. */
  get #problem(): AwazError | undefined {
    const { state, problem } = this.#client.status;
    return state === "refused" ? problem : this.#station.problem;
  }

  get #playable() {
    const { state } = this.#station;
    return state ? playableStation(state, this.#heard) : { slug, name: "", streams: [], onAir: false };
  }
}

function problemNotice({ code, ban }: AwazError) {
  return code === "banned" ? banNotice(msg("You can’t listen here"), ban) : notice(msg("Station not found"), "");
}

await startLanguage(boot.language);
customElements.define("awaz-embed", EmbedPage);
