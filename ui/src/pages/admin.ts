import { html, nothing, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import type { Me } from "../client/wire.ts";
import "../parts/audit.ts";
import "../parts/bans.ts";
import "../parts/users.ts";
import { footer, message } from "./frame.ts";
import { card, detailOf, sections } from "./sections.ts";
import { SignedInPage } from "./signed-in.ts";

/** The page at `/admin`, for those who run the platform. */
export class AdminPage extends SignedInPage {
  #me: Me | undefined;

  override render() {
    return html`${this.top()}
      <main>${this.#content()} ${this.signedIn ? this.troubles() : nothing}</main>
      ${footer(["/studio", "Studio"], ["/", "What listeners see"])}`;
  }

  protected override async load(): Promise<void> {
    this.#me = await callAs<Me>(this.session, "me");
  }

  #content(): TemplateResult | typeof nothing {
    if (!this.signedIn) return this.signIn("The platform");
    if (!this.#me) return nothing;
    if (this.#me.role === "admin") return this.#platform();
    return html`<div data-testid="not-admin">
      ${message(
        "This page is for admins",
        "Your own stations are in the studio.",
        html`<a class="main" href="/studio">Go to the studio</a>`,
      )}
    </div>`;
  }

  #platform(): TemplateResult {
    const { session } = this;
    return html`<div class="desk" data-testid="platform">
      <h1>The platform</h1>
      ${sections("Parts of the platform", [
        {
          id: "users",
          name: "Users",
          content: () =>
            card("Users", "Admins may do everything.", html`<awaz-users .session=${session}></awaz-users>`),
        },
        {
          id: "bans",
          name: "Sent away",
          content: () =>
            card(
              "Sent away",
              "Those who may not come back at all. Ids of users are in the list of users.",
              html`<awaz-bans path="admin/bans" .session=${session}></awaz-bans>`,
            ),
        },
        { id: "activity", name: "Activity", content: () => this.#activity(detailOf("activity")) },
      ])}
    </div>`;
  }

  #activity(station: string | undefined): TemplateResult {
    const path = station === undefined ? "admin/audit" : `stations/${station}/audit`;
    return card(
      "Activity",
      station === undefined ? "Who did what, newest first." : "",
      html`${station === undefined
          ? nothing
          : html`<p class="note">Only at ${station}. <a href="#activity" data-testid="audit-all">Show all</a></p>`}
        <awaz-audit ?links=${station === undefined} .path=${path} .session=${this.session}></awaz-audit>`,
    );
  }
}

customElements.define("awaz-admin", AdminPage);
