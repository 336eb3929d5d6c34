import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { LoginSession } from "../sdk/login.ts";
import "../features/account/account.ts";
import { errorText } from "../i18n/problems.ts";
import "../features/account/sign-in.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { header as pageHeader } from "./layout.ts";
import { Page } from "./page.ts";

/** A page that requires a sign-in. */
export abstract class SignedInPage extends Page {
  static override properties = { signedIn: { state: true }, hint: { state: true }, problem: { state: true } };
  declare protected signedIn: boolean;
  declare private hint: string;
  declare protected problem: string;

  protected readonly session = new LoginSession(browserEnvironment(), {
    signedOut: (message) => this.#onSignedOut(message),
    signedIn: () => this.#onSignedInElsewhere(),
  });
  #shownUserId: string | undefined;

  /** Load the content for the current user. */
  protected abstract load(): Promise<void>;
  /** Release the content after a sign-out. */
  protected unload(): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("storage", () => this.session.onStorageChange());
    if (this.session.user) this.onSignedIn();
  }

  override updated(): void {
    this.#shownUserId = this.session.user?.id ?? this.#shownUserId;
  }

  protected readonly onSignedIn = (): void => {
    // Do not show one user's content to another.
    if (this.#shownUserId !== undefined && this.#shownUserId !== this.session.user?.id) return location.reload();
    this.signedIn = true;
    this.hint = "";
    void this.reload();
  };

  protected readonly reload = async (): Promise<void> => {
    this.problem = "";
    try {
      await this.load();
    } catch (error) {
      if (this.signedIn) this.problem = errorText(error);
    }
    this.requestUpdate();
  };

  protected header(): TemplateResult {
    return pageHeader(
      this.signedIn
        ? html`<awaz-account
            .session=${this.session}
            .name=${this.session.user?.name ?? ""}
            @signed-out=${() => location.reload()}
          ></awaz-account>`
        : nothing,
    );
  }

  protected signInForm(title: string): TemplateResult {
    return html`<section class="card sign-in">
      <h1>${title}</h1>
      <awaz-sign-in .session=${this.session} .hint=${this.hint} @signed-in=${this.onSignedIn}></awaz-sign-in>
    </section>`;
  }

  protected problemNotice() {
    if (!this.problem) return nothing;
    return html`<p class="problem" role="alert" data-testid="page-problem">
      ${this.problem} <button class="secondary" @click=${this.reload}>${msg("Try again")}</button>
    </p>`;
  }

  #onSignedOut(message: string): void {
    if (!this.signedIn) return;
    this.signedIn = false;
    this.hint = message;
    this.unload();
  }

  #onSignedInElsewhere(): void {
    if (this.signedIn) location.reload();
    else this.onSignedIn();
  }
}
