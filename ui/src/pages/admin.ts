import { startLanguage } from "../app/language.ts";
import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { to } from "../sdk/api.ts";
import { callAuthenticated } from "../sdk/http.ts";
import type { AccountView, BanRequest, Me } from "../wire/schema.ts";
import "../features/activity/audit.ts";
import "../features/bans/ban-person.ts";
import "../features/bans/bans.ts";
import "../features/health/health.ts";
import "../features/station-settings/station-list.ts";
import "../features/users/users.ts";
import { AwazClient } from "../sdk/client.ts";
import { tokensOf } from "../sdk/tokens.ts";
import { activityIcon, banIcon, healthIcon, peopleIcon, stationsIcon } from "../kit/icons.ts";
import { footer, notice } from "./layout.ts";
import { onResume } from "../app/on-resume.ts";
import { card, partsBelow, sections } from "./sections.ts";
import { SignedInPage } from "./signed-in.ts";

/** The page at `/admin`, with its sections below. */
export class AdminPage extends SignedInPage {
  protected override readonly path = "/admin";
  readonly #client = new AwazClient({ getToken: tokensOf(this.session) });
  #me: Me | undefined;

  override connectedCallback(): void {
    this.#client.on("directory", () => this.requestUpdate());
    onResume(() => this.#client.checkConnection());
    super.connectedCallback();
  }

  override render() {
    return html`${this.header()}
      <main>${this.#content()} ${this.signedIn ? this.problemNotice() : nothing} ${this.expiredDialog()}</main>
      ${footer([
        ["/studio", msg("Studio")],
        ["/", msg("View public page")],
      ])}`;
  }

  protected override async load(signal: AbortSignal): Promise<void> {
    this.#client.connect();
    const me = await callAuthenticated(this.session, to("GET /api/v1/me", {}), { signal });
    signal.throwIfAborted();
    this.#me = me;
  }

  protected override unload(): void {
    this.#client.close();
  }

  protected override forget(): void {
    this.#me = undefined;
  }

  #content(): TemplateResult | typeof nothing {
    if (!this.signedIn && !this.expired) return this.signInForm(msg("Sign in as admin"));
    if (!this.#me) return this.problem ? nothing : html`<h1 class="tuning">${msg("Loading…")}</h1>`;
    if (this.#me.role === "admin") return this.#sections();
    return html`<div data-testid="not-admin">
      ${notice(
        msg("This page is for admins"),
        msg("Your own stations are in the studio."),
        html`<a class="primary" href="/studio">${msg("Go to the studio")}</a>`,
      )}
    </div>`;
  }

  #sections(): TemplateResult {
    return html`<div class="workspace" data-testid="admin">
      <h1>${msg("Administration")}</h1>
      ${sections(msg("Admin sections"), this.path, [
        {
          id: "stations",
          name: msg("Stations"),
          icon: stationsIcon,
          content: () =>
            card(
              msg("Stations"),
              "",
              html`<awaz-station-list .directory=${this.#client.directory}></awaz-station-list>`,
            ),
        },
        {
          id: "users",
          name: msg("Users"),
          icon: peopleIcon,
          content: () =>
            card(
              msg("Users"),
              msg("Admins can manage every station and user."),
              html`<awaz-users
                .userId=${this.#me?.id}
                .actions=${(user: AccountView) => this.#banUser(user)}
              ></awaz-users>`,
            ),
        },
        {
          id: "bans",
          name: msg("Bans"),
          icon: banIcon,
          content: () =>
            card(
              msg("Bans"),
              msg(
                "People banned from every station. To ban someone, find them under Users or in the studio of the station they’re listening to.",
              ),
              html`<awaz-bans></awaz-bans>`,
            ),
        },
        {
          id: "health",
          name: msg("Health"),
          icon: healthIcon,
          content: () =>
            card(
              msg("Health"),
              msg("The state of the server and of each station’s pipeline."),
              html`<awaz-health></awaz-health>`,
            ),
        },
        {
          id: "activity",
          name: msg("Activity"),
          icon: activityIcon,
          content: () => this.#activity(partsBelow(`${this.path}/activity`)[0]),
        },
      ])}
    </div>`;
  }

  #banUser({ id, name }: AccountView): TemplateResult {
    return html`<awaz-ban-person
      .person=${{ user_id: id, name }}
      .run=${(body: BanRequest) => callAuthenticated(this.session, to("POST /api/v1/admin/bans", { body }))}
    ></awaz-ban-person>`;
  }

  #activity(station: string | undefined): TemplateResult {
    return card(
      msg("Activity"),
      station === undefined ? msg("Changes to the platform and its stations, newest first.") : "",
      html`${
          station === undefined
            ? nothing
            : html`<p class="note">
                ${msg(html`Showing ${station} only.`)}
                <a href="${this.path}/activity" data-testid="audit-all">${msg("Show all stations")}</a>
              </p>`
        } <awaz-audit ?linkStations=${station === undefined} .slug=${station}></awaz-audit>`,
    );
  }
}

await startLanguage();
customElements.define("awaz-admin", AdminPage);
