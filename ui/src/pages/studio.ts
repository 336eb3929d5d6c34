import { ContextProvider } from "@lit/context";
import { stationContext, viewerContext, type Viewer } from "../app/contexts.ts";
import { permissionsFor } from "../app/permissions.ts";
import { Selected } from "../app/selected.ts";
import { startLanguage } from "../app/language.ts";
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { to } from "../sdk/api.ts";
import { callAuthenticated } from "../sdk/http.ts";
import { AwazClient } from "../sdk/client.ts";
import type { AwazError } from "../sdk/errors.ts";
import { audibleKind } from "../sdk/state.ts";
import { tokensOf } from "../sdk/tokens.ts";
import type { AcceptAnswer, Me, StationSettings, StationView } from "../wire/schema.ts";
import "../kit/connection-notice.ts";
import "../features/account/invitation.ts";
import "../features/station-settings/new-station.ts";
import { Uploads, uploadsContext } from "../features/library/uploads-context.ts";
import { problemText } from "../i18n/problems.ts";
import { userText } from "../kit/user-text.ts";
import { takeInvitationToken } from "../features/account/invitation-link.ts";
import { banNotice, footer, notice } from "./layout.ts";
import { onResume } from "../app/on-resume.ts";
import { activeSection, partsBelow, sections } from "./sections.ts";
import { SignedInPage } from "./signed-in.ts";
import { StationChat } from "../app/station-chat.ts";
import { studioSections } from "./studio-sections.ts";

interface StationName {
  readonly slug: string;
  readonly name: string;
}

/** The page at `/studio`, with stations and their sections below. */
export class StudioPage extends SignedInPage {
  protected override readonly path = "/studio";
  readonly #client = new AwazClient({ getToken: tokensOf(this.session), watchDirectory: false });
  readonly #station = new ContextProvider(this, { context: stationContext });
  readonly #viewer = new ContextProvider(this, { context: viewerContext });
  readonly #chat = new StationChat(this, (slug) => this.#client.station(slug));
  /** Where the desk is one column. */
  readonly #isNarrow = matchMedia("(width < 60rem)");
  readonly #uploads = new Uploads(this.session);
  #invitation = takeInvitationToken();
  #me: Me | undefined;
  #stations: readonly StationName[] = [];
  /** Stations that were created (with their names) or removed here, until the server's list says so: seconds later. */
  readonly #changes = new Map<string, StationName | undefined>();
  #slug: string | undefined;
  /** The name of the station that was shown until the user was removed from it. */
  #lost: string | undefined;
  /** The slug in the address, of a station that is not the user's. */
  #foreign: string | undefined;
  /** The name of the section that is shown. */
  #section: string | undefined;
  readonly #shown = new Selected(
    this,
    () => (this.#slug === undefined ? undefined : this.#client.station(this.#slug)),
    ({ state, problem }) => ({ problem, onAir: state && audibleKind(state) }),
  );

  constructor() {
    super();
    new ContextProvider(this, { context: uploadsContext, initialValue: this.#uploads });
  }

  override connectedCallback(): void {
    this.#client.on("state", () => this.requestUpdate());
    this.#client.on("roles", () => void this.reload());
    this.#isNarrow.addEventListener("change", () => this.requestUpdate());
    onResume(() => this.#client.checkConnection());
    addEventListener("hashchange", () => (this.#invitation = takeInvitationToken() ?? this.#invitation));
    super.connectedCallback();
  }

  protected override addressChanged(): void {
    const [slug] = partsBelow(this.path);
    if (slug !== undefined && this.#stations.some((station) => station.slug === slug)) this.#select(slug);
    this.requestUpdate();
  }

  override render() {
    const adminLinks = this.#me?.role === "admin" ? [["/admin", msg("Administration")] as const] : [];
    return html`${this.header()}
      <main>
        ${this.#content()}
        ${
          // Stays in the document while an invitation is shown, so that form input is kept.
          this.#slug && this.#viewer.value
            ? html`<div
                class="workspace"
                ?hidden=${!this.#isStudioVisible}
                @station-changed=${() => void this.reload()}
                @station-removed=${this.#onRemoved}
              >
                ${this.#studio(this.#slug, this.#viewer.value)}
              </div>`
            : nothing
        }
        ${this.signedIn ? this.problemNotice() : nothing} ${this.expiredDialog()}
      </main>
      ${footer([...adminLinks, [this.#slug === undefined ? "/" : `/s/${this.#slug}`, msg("View public page")]])}
      ${
        this.signedIn && !this.#refusal
          ? html`<awaz-connection .status=${this.#client.status}></awaz-connection>`
          : nothing
      }`;
  }

  override willUpdate(): void {
    this.#station.setValue(this.#slug === undefined ? undefined : this.#client.station(this.#slug));
    const viewer = this.#viewerAt(this.#slug, this.#me);
    if (JSON.stringify(viewer) !== JSON.stringify(this.#viewer.value)) this.#viewer.setValue(viewer);
    const me = this.#me;
    const writer = viewer && me && { userId: me.id, name: me.name, isStaff: viewer.permissions.canModerate };
    this.#chat.update(this.#slug, writer);
  }

  override updated(): void {
    super.updated();
    const station = this.#stations.find(({ slug }) => slug === this.#slug)?.name;
    const section = station && this.#section;
    document.title = [section, station, msg("Studio"), "Awaz Pulse"].filter(Boolean).join(" · ");
  }

  /** The server's refusal, while the user is banned from the platform. */
  get #refusal(): AwazError | undefined {
    const { state, problem } = this.#client.status;
    return state === "refused" && problem?.code === "banned" ? problem : undefined;
  }

  get #isStudioVisible(): boolean {
    return (this.signedIn || this.expired) && this.#invitation === undefined;
  }

  #content(): TemplateResult | typeof nothing {
    if (this.#invitation !== undefined) return this.#invitationLanding(this.#invitation);
    if (!this.signedIn && !this.expired) return this.signInForm(msg("Sign in to the studio"));
    if (this.#refusal && this.#slug === undefined) return banNotice(msg("You are banned"), this.#refusal.ban);
    if (this.#me && this.#slug === undefined) {
      const text = this.#me.creates_stations
        ? msg("Create your first station, or ask a station owner to invite you.")
        : msg("Ask a station owner to invite you.");
      return html`<div data-testid="no-station">
        ${notice(this.#lostText() ?? msg("No stations yet"), text, this.#newStation())}
      </div>`;
    }
    return this.#me || this.problem ? nothing : html`<h1 class="tuning">${msg("Loading…")}</h1>`;
  }

  #invitationLanding(token: string): TemplateResult {
    return html`<section class="card sign-in">
      <awaz-invitation
        .token=${token}
        .signedIn=${this.signedIn}
        @signed-in=${this.onSignedIn}
        @accepted=${(event: CustomEvent<AcceptAnswer>) => this.#onAccepted(event.detail)}
        @declined=${() => this.#closeInvitation()}
      ></awaz-invitation>
    </section>`;
  }

  #studio(slug: string, { permissions }: Viewer): TemplateResult {
    const { problem, onAir } = this.#shown.value ?? {};
    const refusal = this.#refusal ?? problem;
    const { state, failures } = this.#client.status;
    const isAway = state === "waiting" || (state === "connecting" && failures > 0);
    const all = studioSections({
      ...{ slug, permissions, onAir, isAway },
      problem: refusal && problemText(refusal),
      isNarrow: this.#isNarrow.matches,
    });
    const path = `${this.path}/${slug}`;
    this.#section = activeSection(path, all)?.name;
    const lost = this.#lostText();
    return html`${lost ? html`<p class="problem" role="status">${lost}</p>` : nothing}
      <div class="head">${this.#stationSelect(slug)} ${this.#newStation()}</div>
      ${keyed(slug, sections(msg("Studio sections"), path, all))}`;
  }

  #newStation(): TemplateResult | typeof nothing {
    if (!this.#me?.creates_stations) return nothing;
    const onAdded = ({ detail: { slug, name } }: CustomEvent<StationSettings>): void => {
      this.#lost = undefined;
      this.#changes.set(slug, { slug, name });
      this.#select(slug);
      void this.reload();
    };
    return html`<awaz-new-station
      ?forOthers=${this.#me.role === "admin"}
      @station-added=${onAdded}
    ></awaz-new-station>`;
  }

  #lostText(): string | undefined {
    const [name, slug] = [this.#lost, this.#foreign];
    if (name !== undefined) return msg(str`You no longer have access to ${name}.`);
    return slug === undefined ? undefined : msg(str`There is no station “${slug}”, or you don’t have access to it.`);
  }

  #stationSelect(slug: string): TemplateResult {
    const stations = this.#stations;
    if (stations.length < 2) return html`<h1 data-testid="station">${userText(stations[0]?.name ?? slug)}</h1>`;
    return html`<h1>
      <select
        aria-label=${msg("Station")}
        data-testid="station"
        @change=${(event: Event) => this.#goTo((event.target as HTMLSelectElement).value)}
      >
        ${stations.map(
          (station) =>
            html`<option value=${station.slug} .selected=${station.slug === slug}>
              ${this.#optionText(station)}
            </option>`,
        )}
      </select>
    </h1>`;
  }

  /** A station's name, with its address where another one has the same. */
  #optionText({ slug, name }: StationName): string {
    return this.#stations.some((other) => other.slug !== slug && other.name === name) ? `${name} (${slug})` : name;
  }

  protected override async load(signal: AbortSignal): Promise<void> {
    this.#client.connect();
    const [me, { stations }] = await Promise.all([
      callAuthenticated(this.session, to("GET /api/v1/me", {}), { signal }),
      callAuthenticated(this.session, to("GET /api/v1/stations", {}), { signal }),
    ]);
    signal.throwIfAborted();
    const before = this.#stations.find(({ slug }) => slug === this.#slug);
    this.#me = me;
    this.#stations = this.#withChanges(me.role === "admin" ? stations : ownStations(me, stations));
    const isLost =
      before && !this.#changes.has(before.slug) && !this.#stations.some(({ slug }) => slug === before.slug);
    this.#lost = isLost ? before.name : this.#lost;
    const requested = this.#slug ?? partsBelow(this.path)[0];
    const found = this.#stations.find(({ slug }) => slug === requested);
    this.#foreign = found || isLost ? undefined : requested;
    this.#select(found?.slug ?? this.#stations[0]?.slug);
  }

  #withChanges(listed: readonly StationName[]): readonly StationName[] {
    for (const [slug, station] of this.#changes) {
      if (listed.some((each) => each.slug === slug) === Boolean(station)) this.#changes.delete(slug);
    }
    const created = [...this.#changes.values()].filter((station) => station !== undefined);
    return [...listed.filter(({ slug }) => !this.#changes.has(slug)), ...created];
  }

  readonly #onRemoved = (): void => {
    if (this.#slug !== undefined) this.#changes.set(this.#slug, undefined);
    this.#stations = this.#stations.filter(({ slug }) => slug !== this.#slug);
    this.#select(this.#stations[0]?.slug);
    void this.reload();
  };

  protected override unload(): void {
    this.#client.close();
    this.#uploads.pause();
  }

  protected override forget(): void {
    this.#uploads.close();
    this.#me = undefined;
    this.#lost = undefined;
    this.#foreign = undefined;
    this.#stations = [];
    this.#changes.clear();
    this.#select(undefined);
  }

  /** Show the same section of another station. */
  #goTo(slug: string): void {
    const [, ...section] = partsBelow(this.path);
    this.#lost = undefined;
    this.#foreign = undefined;
    history.pushState(null, "", [this.path, slug, ...section].join("/"));
    this.addressChanged();
  }

  #select(slug: string | undefined): void {
    if (this.#slug !== slug) {
      this.#slug = slug;
      const [inAddress] = partsBelow(this.path);
      if (slug !== inAddress) history.replaceState(null, "", slug === undefined ? this.path : `${this.path}/${slug}`);
    }
    this.requestUpdate();
  }

  /** The signed-in user at the station that is shown. */
  #viewerAt(slug: string | undefined, me: Me | undefined): Viewer | undefined {
    if (slug === undefined || !me) return undefined;
    return { userId: me.id, permissions: permissionsFor(me.role, me.stations[slug]) };
  }

  #onAccepted({ station }: AcceptAnswer): void {
    this.#lost = undefined;
    this.#select(station);
    this.#closeInvitation();
    void this.reload();
  }

  #closeInvitation(): void {
    this.#invitation = undefined;
    this.requestUpdate();
  }
}

/** The stations where the user has a role. An unlisted station is shown by its slug. */
function ownStations(me: Me, stations: readonly StationView[]): readonly StationName[] {
  const names = new Map(stations.map(({ slug, name }) => [slug, name]));
  return Object.keys(me.stations).map((slug) => ({ slug, name: names.get(slug) ?? slug }));
}

await startLanguage();
customElements.define("awaz-studio", StudioPage);
