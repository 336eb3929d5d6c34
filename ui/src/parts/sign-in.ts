import { LitElement, html, nothing } from "lit";
import type { LoginSession } from "../client/login.ts";
import { filledIn, passwordField } from "./fields.ts";
import { common, controls } from "./styles.ts";
import { Work } from "./work.ts";

/** Asks for login and password; fires `signed-in`. */
export class SignIn extends LitElement {
  static override properties = { session: {}, hint: {} };
  declare session: LoginSession;
  declare hint: string | undefined;

  static override styles = [common, controls];

  readonly #work = new Work(this);

  override render() {
    const { busy, problem } = this.#work;
    return html`<form @submit=${this.#submit}>
      ${this.hint ? html`<p data-testid="sign-in-hint">${this.hint}</p>` : nothing}
      <label>Login <input name="login" autocomplete="username" autocapitalize="none" required maxlength="64" /></label>
      ${passwordField("Password", "password", "current")}
      <div class="end">
        <button class="main" ?disabled=${busy}>Sign in</button>
        <span class="bad" role="alert" data-testid="sign-in-problem">${problem}</span>
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { login = "", password = "" } = filledIn(form);
    if (!(await this.#work.run(() => this.session.signIn(login, password)))) return;
    form.reset();
    this.dispatchEvent(new Event("signed-in"));
  };
}

customElements.define("awaz-sign-in", SignIn);
