import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { html } from "lit";
import { FromPage, loginContext } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import { formValues } from "../../kit/form.ts";
import "../../kit/password.ts";
import { common, controls } from "../../kit/styles.ts";

/** The form for a new account; fires `signed-in`. */
export class SignUp extends AwazElement {
  static override styles = [common, controls];

  readonly #login = new FromPage(this, loginContext);
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit}>
      <label>${msg("Your name")} <input name="name" dir="auto" autocomplete="name" required maxlength="40" /></label>
      <div class="field">
        <label for="login">${msg("Username")}</label>
        <input
          id="login"
          name="login"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          required
          maxlength="64"
          pattern="[A-Za-z0-9._@+\\-]+"
          aria-describedby="login-rules"
          title=${msg("Letters, digits and . _ @ + -")}
        />
        <span class="hint" id="login-rules">${msg("Letters, digits and . _ @ + -")}</span>
      </div>
      <awaz-password .label=${msg("Password, at least 10 characters")} name="password" use="new"></awaz-password>
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>${msg("Create account")}</button>
        <span class="bad" role="alert" data-testid="sign-up-problem">${problem}</span>
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { name = "", login = "", password = "" } = formValues(event.target as HTMLFormElement);
    if (await this.#action.run(() => this.#login.value.signUp({ login, password, name }))) {
      this.dispatchEvent(new Event("signed-in"));
    }
  };
}

customElements.define("awaz-sign-up", SignUp);
