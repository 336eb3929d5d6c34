import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html } from "lit";
import { FromPage, loginContext } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import { formValues } from "../../kit/form.ts";
import "../../kit/password.ts";
import "./personal-data.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

/** The account button and its dialog: change password, sign out, one's own data. Fires `signed-out`. */
export class Account extends AwazElement {
  static override properties = { name: {}, passwordChanged: { state: true } };
  declare name: string;
  declare passwordChanged: boolean;

  static override styles = [
    common,
    controls,
    css`
      .open {
        display: flex;
        align-items: center;
        gap: 0.5em;
      }
      .open bdi {
        max-inline-size: 12rem;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        color: var(--muted);
      }
      @media (width <= 30rem) {
        .open bdi {
          display: none;
        }
      }
      header {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: 1rem;
        margin-block-end: 1.25rem;
      }
      h2 {
        font-size: var(--text-card);
      }
      h3 {
        font-size: var(--text-body);
      }
      .sign-out,
      section {
        display: grid;
        gap: 0.75rem;
        margin-block-start: 1.5rem;
        padding-block-start: 1.25rem;
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  readonly #login = new FromPage(this, loginContext);
  readonly #passwordAction = new Action(this);
  readonly #signOutAction = new Action(this);

  override render() {
    const { busy, problem } = this.#passwordAction;
    return html`<button class="secondary open" data-testid="account" @click=${this.#open}>
        ${userText(this.name)}<span>${msg("Account")}</span>
      </button>
      <dialog aria-labelledby="account" data-testid="account-dialog">
        <header>
          <h2 id="account">${userText(this.name)}</h2>
          <button class="secondary" @click=${this.#close}>${msg("Close")}</button>
        </header>
        <form @submit=${this.#changePassword} @input=${() => (this.passwordChanged = false)}>
          <awaz-password .label=${msg("Current password")} name="current" use="current"></awaz-password>
          <awaz-password
            .label=${msg("New password, at least 10 characters")}
            name="password"
            use="new"
          ></awaz-password>
          <div class="form-actions">
            <button class="primary" ?disabled=${busy}>${msg("Change password")}</button>
            <span role="status" class=${this.passwordChanged ? "good" : "bad"} data-testid="password-result"
              >${this.passwordChanged ? msg("Password changed. All your other devices are signed out.") : problem}</span
            >
          </div>
        </form>
        ${this.#signOutButtons()}
        <section aria-labelledby="own-data">
          <h3 id="own-data">${msg("Your data")}</h3>
          <awaz-personal-data .name=${this.name} @erased=${this.#onErased}></awaz-personal-data>
        </section>
      </dialog>`;
  }

  #signOutButtons() {
    const { busy, problem } = this.#signOutAction;
    return html`<div class="sign-out">
      <div class="form-actions">
        <button class="secondary" data-testid="sign-out" ?disabled=${busy} @click=${() => this.#signOut(false)}>
          ${msg("Sign out")}
        </button>
        <button
          class="secondary"
          data-testid="sign-out-everywhere"
          ?disabled=${busy}
          @click=${() => this.#signOut(true)}
        >
          ${msg("Sign out everywhere")}
        </button>
      </div>
      <p class="bad" role="alert" ?hidden=${!problem}>${problem}</p>
    </div>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #open(): void {
    this.passwordChanged = false;
    this.#passwordAction.clearProblem();
    this.#signOutAction.clearProblem();
    this.#dialog?.showModal();
  }

  #close(): void {
    this.#dialog?.close();
  }

  readonly #onErased = async (): Promise<void> => {
    await this.#login.value.signOut();
    this.dispatchEvent(new Event("signed-out"));
  };

  readonly #changePassword = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { current = "", password = "" } = formValues(form);
    this.passwordChanged = await this.#passwordAction.run(() => this.#login.value.changePassword(current, password));
    if (this.passwordChanged) form.reset();
  };

  async #signOut(everywhere: boolean): Promise<void> {
    const signOut = () => (everywhere ? this.#login.value.signOutEverywhere() : this.#login.value.signOut());
    if (await this.#signOutAction.run(signOut)) this.dispatchEvent(new Event("signed-out"));
  }
}

customElements.define("awaz-account", Account);
