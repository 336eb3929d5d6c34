import { html, nothing, type TemplateResult } from "lit";
import { LoginSession } from "../client/login.ts";
import "../parts/account.ts";
import { problemOf } from "../parts/problem.ts";
import "../parts/sign-in.ts";
import { header } from "./frame.ts";
import { Page } from "./page.ts";
import { browser } from "./session.ts";

/** A page for those who have signed in. */
export abstract class SignedInPage extends Page {
  static override properties = { signedIn: { state: true }, hint: { state: true }, problem: { state: true } };
  protected declare signedIn: boolean;
  private declare hint: string;
  protected declare problem: string;

  protected readonly session = new LoginSession(browser(), {
    ended: (sentence) => this.#onEnded(sentence),
    begun: () => this.#onBegunElsewhere(),
  });
  #shown: string | undefined;

  /** Somebody is signed in: load what there is to show. */
  protected abstract load(): Promise<void>;
  /** Nobody is, any more. */
  protected left(): void {}

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("storage", () => this.session.noticed());
    if (this.session.user) this.begin();
  }

  override updated(): void {
    this.#shown = this.session.user?.id ?? this.#shown;
  }

  protected readonly begin = (): void => {
    // What the user before had on the page is not for this one.
    if (this.#shown !== undefined && this.#shown !== this.session.user?.id) return location.reload();
    this.signedIn = true;
    this.hint = "";
    void this.reload();
  };

  protected readonly reload = async (): Promise<void> => {
    this.problem = "";
    try {
      await this.load();
    } catch (error) {
      if (this.signedIn) this.problem = problemOf(error);
    }
    this.requestUpdate();
  };

  protected top(): TemplateResult {
    return header(
      this.signedIn
        ? html`<awaz-account
            .session=${this.session}
            .name=${this.session.user?.name ?? ""}
            @signed-out=${() => location.reload()}
          ></awaz-account>`
        : nothing,
    );
  }

  protected signIn(title: string): TemplateResult {
    return html`<section class="card sign-in">
      <h1>${title}</h1>
      <awaz-sign-in .session=${this.session} .hint=${this.hint} @signed-in=${this.begin}></awaz-sign-in>
    </section>`;
  }

  protected troubles() {
    if (!this.problem) return nothing;
    return html`<p class="problem" role="alert" data-testid="page-problem">
      ${this.problem} <button class="plain" @click=${this.reload}>Try again</button>
    </p>`;
  }

  #onEnded(sentence: string): void {
    if (!this.signedIn) return;
    this.signedIn = false;
    this.hint = sentence;
    this.left();
  }

  #onBegunElsewhere(): void {
    if (this.signedIn) location.reload();
    else this.begin();
  }
}
