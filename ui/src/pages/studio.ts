import { html, nothing, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import { LiveClient, type LiveView } from "../client/live.ts";
import type { AcceptAnswer, Me, StationView } from "../client/wire.ts";
import "../parts/connection.ts";
import "../parts/invitation.ts";
import { said } from "../parts/text.ts";
import { desk } from "./desk.ts";
import { footer, message } from "./frame.ts";
import { takeInvitation } from "./invitation-link.ts";
import { keepAwake } from "./page.ts";
import { SignedInPage } from "./signed-in.ts";

interface Named {
  readonly slug: string;
  readonly name: string;
}

/** The page at `/studio`, for those who have a role at a station. */
export class StudioPage extends SignedInPage {
  readonly #live = new LiveClient({ tokens: this.session, watch: false, roles: () => void this.reload() });
  #view: LiveView = this.#live.view;
  #invitation = takeInvitation();
  #me: Me | undefined;
  #stations: readonly Named[] = [];
  #slug: string | undefined;

  override connectedCallback(): void {
    this.#live.subscribe((view) => {
      this.#view = view;
      this.requestUpdate();
    });
    keepAwake(this.#live);
    addEventListener("hashchange", () => (this.#invitation = takeInvitation() ?? this.#invitation));
    super.connectedCallback();
  }

  override render() {
    const platform = this.#me?.role === "admin" ? [["/admin", "The platform"] as const] : [];
    return html`${this.top()}
      <main>
        ${this.#content()}
        ${
          // Kept while somebody has to sign in again, so that nothing typed is lost.
          this.#slug && this.#me
            ? html`<div class="desk" ?hidden=${!this.#isAtDesk}>${this.#desk(this.#slug, this.#me)}</div>`
            : nothing
        }
        ${this.signedIn ? this.troubles() : nothing}
      </main>
      ${footer(...platform, ["/", "What listeners see"])}
      ${this.signedIn && this.#view.sentAway === undefined
        ? html`<awaz-connection .state=${this.#view.connection}></awaz-connection>`
        : nothing}`;
  }

  get #isAtDesk(): boolean {
    return this.signedIn && this.#invitation === undefined;
  }

  #content(): TemplateResult | typeof nothing {
    if (this.#invitation !== undefined) return this.#invited(this.#invitation);
    if (!this.signedIn) return this.signIn("Studio");
    if (this.#me && this.#slug === undefined) {
      return html`<div data-testid="no-station">
        ${message("You have no station yet", "Ask an owner for an invitation.")}
      </div>`;
    }
    return nothing;
  }

  #invited(token: string): TemplateResult {
    return html`<section class="card sign-in">
      <awaz-invitation
        .session=${this.session}
        .token=${token}
        .signedIn=${this.signedIn}
        @signed-in=${this.begin}
        @accepted=${(event: CustomEvent<AcceptAnswer>) => this.#onAccepted(event.detail)}
        @declined=${() => this.#onAnswered()}
      ></awaz-invitation>
    </section>`;
  }

  #desk(slug: string, me: Me): TemplateResult {
    const { stations, closed, sentAway } = this.#view;
    return html`${this.#chooser(slug)}
    ${desk({
      slug,
      me,
      session: this.session,
      clock: this.#live.clock,
      state: stations.get(slug),
      closed: sentAway ?? closed.get(slug),
    })}`;
  }

  #chooser(slug: string): TemplateResult {
    const stations = this.#stations;
    if (stations.length < 2) return html`<h1 data-testid="station">${said(stations[0]?.name ?? slug)}</h1>`;
    return html`<h1>
      <select
        aria-label="Station"
        data-testid="station"
        @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}
      >
        ${stations.map(
          (station) =>
            html`<option value=${station.slug} .selected=${station.slug === slug}>${station.name}</option>`,
        )}
      </select>
    </h1>`;
  }

  protected override async load(): Promise<void> {
    this.#live.start();
    const [me, { stations }] = await Promise.all([
      callAs<Me>(this.session, "me"),
      callAs<{ stations: StationView[] }>(this.session, "stations"),
    ]);
    this.#me = me;
    this.#stations = me.role === "admin" ? stations : own(me, stations);
    const asked = this.#slug ?? new URLSearchParams(location.search).get("station");
    this.#choose(this.#stations.find(({ slug }) => slug === asked)?.slug ?? this.#stations[0]?.slug);
  }

  protected override left(): void {
    this.#live.stop();
  }

  #choose(slug: string | undefined): void {
    if (this.#slug !== slug) {
      if (this.#slug !== undefined) this.#live.unfollow(this.#slug);
      this.#slug = slug;
      const query = slug === undefined ? "" : `?station=${slug}`;
      history.replaceState(null, "", location.pathname + query + location.hash);
    }
    if (slug !== undefined) this.#live.follow(slug);
    this.requestUpdate();
  }

  #onAccepted({ station }: AcceptAnswer): void {
    this.#choose(station);
    this.#onAnswered();
    void this.reload();
  }

  #onAnswered(): void {
    this.#invitation = undefined;
    this.requestUpdate();
  }
}

/** The stations where somebody has a role; one that is not listed goes by its slug. */
function own(me: Me, stations: readonly StationView[]): readonly Named[] {
  const names = new Map(stations.map(({ slug, name }) => [slug, name]));
  return Object.keys(me.stations).map((slug) => ({ slug, name: names.get(slug) ?? slug }));
}

customElements.define("awaz-studio", StudioPage);
