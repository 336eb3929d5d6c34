import { ContextProvider } from "@lit/context";
import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import { readBoot } from "../app/boot.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { likesContext, sessionContext, stationContext } from "../app/contexts.ts";
import { startLanguage } from "../app/language.ts";
import { Selected } from "../app/selected.ts";
import { HeardStation } from "../features/player/heard.ts";
import { Playback } from "../features/player/playback.ts";
import { AwazClient } from "../sdk/client.ts";
import { GuestSession } from "../sdk/session.ts";
import { tokensOf } from "../sdk/tokens.ts";
import { Guest } from "../app/guest.ts";
import { hero, layoutOf } from "./hero.ts";
import { banNotice } from "./layout.ts";
import { onResume, Page } from "./page.ts";
import { playableStation, playbackStats } from "./playable.ts";
import { StationChat } from "../app/station-chat.ts";

const boot = readBoot();
const slug = boot.slug ?? "";
/** With the chat below what is on. */
const isTall = new URLSearchParams(location.search).get("size") === "tall";

/** The page at `/embed/<slug>`, which other sites show in a frame: a station with its player, and its chat if asked for. */
export class EmbedPage extends Page {
  protected override readonly path = "/embed";
  readonly #playback = new Playback();
  readonly #session = new GuestSession(browserEnvironment());
  readonly #client = new AwazClient({
    getToken: tokensOf(this.#session),
    snapshot: boot.snapshot,
    watchDirectory: false,
    playbackStats: () => playbackStats(this.#playback, "embed"),
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
    this.#playback.subscribe(() => this.requestUpdate());
    this.#client.connect();
    onResume(() => {
      this.#client.checkConnection();
      this.#playback.retryNow();
    });
  }

  override willUpdate(): void {
    const { problem } = this.#station;
    if (problem) this.#playback.stop();
    else this.#playback.update(this.#playable);
    this.#chat.update(isTall && !problem ? slug : undefined, this.#guest.writer);
  }

  override render() {
    const { problem, here } = this.#shown.value ?? {};
    return html`<main class="embed" ?data-tall=${isTall}>
      ${
        problem
          ? banNotice(msg("You can’t listen here"), problem.ban)
          : hero(this.#shown.value ?? {}, this.#playable, this.#playback)
      }
      ${this.#chat.isShown ? html`<awaz-chat .here=${here}></awaz-chat>` : nothing}
      <p class="origin"><a href="/s/${slug}" target="_blank">${msg("Open the station’s page")}</a></p>
    </main>`;
  }

  get #playable() {
    const { state } = this.#station;
    return state ? playableStation(state, this.#heard) : { slug, name: "", streams: [], onAir: false };
  }
}

await startLanguage(boot.language);
customElements.define("awaz-embed", EmbedPage);
