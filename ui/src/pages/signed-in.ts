import { msg } from "@lit/localize";
import { Task } from "@lit/task";
import { html, nothing, type TemplateResult } from "lit";
import { LoginSession } from "../sdk/login.ts";
import "../features/account/account.ts";
import { errorText, problemText } from "../i18n/problems.ts";
import { ContextProvider } from "@lit/context";
import { loginContext, sessionContext } from "../app/contexts.ts";
import "../features/account/sign-in.ts";
import { browserEnvironment } from "../app/browser-environment.ts";
import { header as pageHeader } from "./layout.ts";
import { modal } from "../kit/modal.ts";
import { Page } from "./page.ts";

/** A page that requires a sign-in. */
export abstract class SignedInPage extends Page {
  static override properties = { signedIn: { state: true }, hint: { state: true }, problem: { state: true } };
  declare protected signedIn: boolean;
  declare private hint: string;
  declare protected problem: string;

  protected readonly session = new LoginSession(browserEnvironment(), {
    expired: (message) => this.#onExpired(message),
    signedOut: (message) => this.#onSignedOut(message),
    signedIn: () => this.onSignedIn(),
  });
  #shownUserId: string | undefined;

  /** Load the content for the current user; nothing is changed once the signal has aborted. */
  protected abstract load(signal: AbortSignal): Promise<void>;
  /** Stop what needs a session; what is shown stays. */
  protected unload(): void {}
  /** Drop what is shown: it is not for the next user. */
  protected abstract forget(): void;

  readonly #loading = new Task(this, {
    autoRun: false,
    task: (_, { signal }) => this.load(signal),
    onError: (error) => {
      if (this.signedIn) this.problem = errorText(error);
    },
  });
  readonly #tokens = new ContextProvider(this, { context: sessionContext, initialValue: this.session });

  constructor() {
    super();
    new ContextProvider(this, { context: loginContext, initialValue: this.session });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("storage", () => this.session.onStorageChange());
    if (this.session.user) this.onSignedIn();
  }

  override updated(): void {
    this.#shownUserId = this.session.user?.id ?? this.#shownUserId;
  }

  /** Whether the session ended under what is shown, which is kept for the user to go on with. */
  protected get expired(): boolean {
    return !this.signedIn && this.#shownUserId !== undefined;
  }

  protected readonly onSignedIn = (): void => {
    if (this.#shownUserId !== this.session.user?.id) this.#forget();
    this.signedIn = true;
    this.hint = "";
    this.#tokens.setValue({
      token: () => this.session.token(),
      invalidate: (token) => this.session.invalidate(token),
    });
    void this.reload();
  };

  protected readonly reload = async (): Promise<void> => {
    this.problem = "";
    await this.#loading.run();
  };

  protected header(): TemplateResult {
    return pageHeader(
      this.signedIn
        ? html`<awaz-account
            .name=${this.session.user?.name ?? ""}
            @signed-out=${() => this.#onSignedOut("")}
          ></awaz-account>`
        : nothing,
    );
  }

  protected signInForm(title: string): TemplateResult {
    return html`<section class="card sign-in">
      <h1>${title}</h1>
      <awaz-sign-in .hint=${this.hint} @signed-in=${this.onSignedIn}></awaz-sign-in>
    </section>`;
  }

  protected expiredDialog() {
    if (!this.expired) return nothing;
    return html`<dialog
      class="sign-in"
      aria-labelledby="expired"
      data-testid="expired"
      ${modal()}
      closedby="none"
      @close=${(event: Event) => (event.target as HTMLDialogElement).isConnected && this.requestUpdate()}
    >
      <h2 id="expired">${msg("Sign in again")}</h2>
      <awaz-sign-in .hint=${this.hint} @signed-in=${this.onSignedIn}></awaz-sign-in>
    </dialog>`;
  }

  protected problemNotice() {
    if (!this.problem) return nothing;
    return html`<p class="problem" role="alert" data-testid="page-problem">
      ${this.problem} <button class="secondary" @click=${this.reload}>${msg("Try again")}</button>
    </p>`;
  }

  #onExpired(message: string): void {
    if (!this.signedIn) return;
    this.signedIn = false;
    this.hint = message && problemText({ code: "unauthenticated", message });
    this.#loading.abort();
    this.unload();
  }

  #onSignedOut(message: string): void {
    this.#onExpired(message);
    this.#forget();
  }

  #forget(): void {
    this.#shownUserId = undefined;
    this.forget();
    this.requestUpdate();
  }
}
