import { LitElement, html } from "lit";
import type { LoginSession } from "../client/login.ts";
import { Action } from "./action.ts";
import { formValues, passwordField } from "./form.ts";
import { common, controls } from "./styles.ts";

/** The form for a new account; fires `signed-in`. */
export class SignUp extends LitElement {
  static override properties = { session: {} };
  declare session: LoginSession;

  static override styles = [common, controls];

  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit}>
      <label>Your name <input name="name" dir="auto" autocomplete="name" required maxlength="40" /></label>
      <label
        >Username
        <input
          name="login"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          required
          maxlength="64"
          pattern="[A-Za-z0-9._@+\\-]+"
          title="Letters, digits and . _ @ + -"
        />
      </label>
      ${passwordField("Password, at least 10 characters", "password", "new")}
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>Create account</button>
        <span class="bad" role="alert" data-testid="sign-up-problem">${problem}</span>
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { name = "", login = "", password = "" } = formValues(event.target as HTMLFormElement);
    if (await this.#action.run(() => this.session.signUp({ login, password, name }))) {
      this.dispatchEvent(new Event("signed-in"));
    }
  };
}

customElements.define("awaz-sign-up", SignUp);
