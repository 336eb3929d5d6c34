import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import { FromPage, loginContext } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import { formValues } from "../../kit/form.ts";
import "../../kit/password.ts";
import { common, controls } from "../../kit/styles.ts";

/** The sign-in form; fires `signed-in`. */
export class SignIn extends AwazElement {
  static override properties = { hint: {} };
  declare hint: string | undefined;

  static override styles = [common, controls];

  readonly #login = new FromPage(this, loginContext);
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit}>
      ${this.hint ? html`<p data-testid="sign-in-hint">${this.hint}</p>` : nothing}
      <label>
        ${msg("Username")} <input name="login" autocomplete="username" autocapitalize="none" required maxlength="64" />
      </label>
      <awaz-password .label=${msg("Password")} name="password" use="current"></awaz-password>
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>${msg("Sign in")}</button>
        <span class="bad" role="alert" data-testid="sign-in-problem">${problem}</span>
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { login = "", password = "" } = formValues(form);
    if (!(await this.#action.run(() => this.#login.value.signIn(login, password)))) return;
    form.reset();
    this.dispatchEvent(new Event("signed-in"));
  };
}

customElements.define("awaz-sign-in", SignIn);
