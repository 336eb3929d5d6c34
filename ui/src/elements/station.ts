import { ContextProvider } from "@lit/context";
import { css, html, unsafeCSS } from "lit";
import { browserEnvironment } from "../app/browser-environment.ts";
import { likesContext, stationContext } from "../app/contexts.ts";
import { HeardStation } from "../features/player/heard.ts";
import { playbackStats } from "../features/player/playable.ts";
import { Playback } from "../features/player/playback.ts";
import { syncedBy } from "../features/player/synced.ts";
import { AwazElement } from "../kit/element.ts";
import { callApi, type CallApi } from "../sdk/http.ts";
import { AwazClient } from "../sdk/client.ts";
import { GuestSession } from "../sdk/session.ts";
import { tokensOf } from "../sdk/tokens.ts";
import { Guest } from "../app/guest.ts";
import { onResume } from "../app/on-resume.ts";
import { StationChat } from "../app/station-chat.ts";
import { listeningContext } from "./playback-context.ts";
import tokens from "../tokens/tokens.css?inline";

/** The tokens of our own pages, for what is in an element; a page's own values of `--ink` and the like come first. */
const ownTokens = tokens.replace(/:root(\[[^\]]+\]|:lang\(\w+\))?/g, (_, more?: string) =>
  more ? `:host(${more})` : ":host",
);

interface Session {
  readonly playback: Playback;
  readonly guest: Guest;
  readonly client: AwazClient;
  /** The elements on the page, which are rendered again when the guest has another name, or the connection another state. */
  readonly elements: Set<StationElement>;
}

/** After so many tries, whoever makes the page is told why nothing is there. */
const MANY_FAILURES = 3;

/** One connection for all elements of a page that are about stations of one server. */
const sessions = new Map<string, Session>();

/**
 * The station that the elements in it are about.
 *
 * @attr slug - the station's slug
 * @attr server - where it is, such as `https://radio.example`; where this script comes from if it is left out
 * @slot - `<awaz-listen>`, `<awaz-chat>`, `<awaz-like>` and whatever else
 */
export class StationElement extends AwazElement {
  static override properties = { slug: {}, server: {} };
  declare slug: string;
  declare server: string | undefined;

  static override styles = [
    unsafeCSS(ownTokens),
    css`
      :host {
        display: block;
        color: var(--ink);
        font-family: var(--sans);
        line-height: var(--leading);
      }
    `,
  ];

  // Before any element in it asks for them.
  readonly #station = new ContextProvider(this, { context: stationContext });
  readonly #listening = new ContextProvider(this, { context: listeningContext });
  readonly #likes = new ContextProvider(this, { context: likesContext });
  readonly #chat = new StationChat(this, (slug) => this.#joined.client.station(slug));
  #session: Session | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // An element that is moved comes back at once.
    queueMicrotask(() => this.#leave());
  }

  #leave(): void {
    const { elements, playback } = this.#session ?? {};
    if (this.isConnected || !elements || !playback) return;
    elements.delete(this);
    const isAlone = ![...elements].some(({ slug }) => slug === this.slug);
    if (isAlone && playback.isActive(this.slug)) playback.stop();
  }

  protected override willUpdate(): void {
    if (!this.slug || !this.isConnected) return;
    const { client, guest, elements, playback } = this.#joined;
    if (this.#listening.value?.station.slug !== this.slug) {
      const station = client.station(this.slug);
      const heard = new HeardStation(station, playback);
      this.#station.setValue(heard);
      this.#listening.setValue({ playback, station: heard });
      this.#likes.setValue((target, on) => station.like(target, on));
    }
    elements.add(this);
    this.#chat.update(this.slug, guest.writer);
  }

  /** The server is that of the first time. */
  get #joined(): Session {
    return (this.#session ??= sessionAt(new URL(this.server ?? import.meta.url).origin));
  }

  override render() {
    return html`<slot></slot>`;
  }
}

function sessionAt(origin: string): Session {
  const known = sessions.get(origin);
  if (known) return known;
  const call: CallApi = (request, options) => callApi({ ...request, url: new URL(request.url, origin).href }, options);
  const session = new GuestSession({ ...browserEnvironment(), call }, `awaz.guest ${origin}`);
  const playback: Playback = new Playback(syncedBy((slug) => client.timeSource(slug)));
  const client = new AwazClient({
    url: origin,
    getToken: tokensOf(session),
    watchDirectory: false,
    playbackStats: () => playbackStats(playback),
  });
  document.body.append(playback.audio);
  playback.subscribe(() => client.report());
  const elements = new Set<StationElement>();
  const tell = () => elements.forEach((element) => element.requestUpdate());
  const made: Session = { playback, client, guest: new Guest(session, client, tell), elements };
  sessions.set(origin, made);
  client.on("state", tell);
  const unsubscribe = client.on("state", ({ state, failures }) => {
    if (state === "connected") unsubscribe();
    if (failures !== MANY_FAILURES) return;
    unsubscribe();
    console.warn(`awaz: ${origin} cannot be reached, or does not have ${location.origin} in http.origins`);
  });
  client.connect();
  onResume(() => {
    client.checkConnection();
    playback.retryNow();
  });
  return made;
}

customElements.define("awaz-station", StationElement);
