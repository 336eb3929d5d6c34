import { html, nothing, type TemplateResult } from "lit";
import { to } from "../client/api.ts";
import { callAuthenticated } from "../client/http.ts";
import type { Me } from "../wire/schema.ts";
import "../components/audit.ts";
import "../components/bans.ts";
import "../components/users.ts";
import { footer, notice } from "./layout.ts";
import { card, sectionDetail, sections } from "./sections.ts";
import { SignedInPage } from "./signed-in.ts";

/** The page at `/admin`. */
export class AdminPage extends SignedInPage {
  #me: Me | undefined;

  override render() {
    return html`${this.header()}
      <main>${this.#content()} ${this.signedIn ? this.problemNotice() : nothing}</main>
      ${footer(["/studio", "Studio"], ["/", "View public page"])}`;
  }

  protected override async load(): Promise<void> {
    this.#me = await callAuthenticated(this.session, to("GET /api/v1/me", {}));
  }

  #content(): TemplateResult | typeof nothing {
    if (!this.signedIn) return this.signInForm("Sign in as admin");
    if (!this.#me) return nothing;
    if (this.#me.role === "admin") return this.#sections();
    return html`<div data-testid="not-admin">
      ${notice(
        "This page is for admins",
        "Your own stations are in the studio.",
        html`<a class="primary" href="/studio">Go to the studio</a>`,
      )}
    </div>`;
  }

  #sections(): TemplateResult {
    const { session } = this;
    return html`<div class="workspace" data-testid="admin">
      <h1>Administration</h1>
      ${sections("Admin sections", [
        {
          id: "users",
          name: "Users",
          content: () =>
            card(
              "Users",
              "Admins can manage every station and user.",
              html`<awaz-users .session=${session}></awaz-users>`,
            ),
        },
        {
          id: "bans",
          name: "Bans",
          content: () =>
            card(
              "Bans",
              "People banned from every station. Find user IDs under Users.",
              html`<awaz-bans .session=${session}></awaz-bans>`,
            ),
        },
        { id: "activity", name: "Activity", content: () => this.#activity(sectionDetail("activity")) },
      ])}
    </div>`;
  }

  #activity(station: string | undefined): TemplateResult {
    return card(
      "Activity",
      station === undefined ? "Changes to the platform and its stations, newest first." : "",
      html`${
          station === undefined
            ? nothing
            : html`<p class="note">
                Showing ${station} only. <a href="#activity" data-testid="audit-all">Show all stations</a>
              </p>`
        } <awaz-audit ?linkStations=${station === undefined} .slug=${station} .session=${this.session}></awaz-audit>`,
    );
  }
}

customElements.define("awaz-admin", AdminPage);
