import { LitElement, html, nothing } from "lit";
import { ApiError } from "../client/http.ts";
import type { LoginSession } from "../client/login.ts";
import { formStyles } from "./form.css.ts";
import { common } from "./styles.ts";

/** Asks for login and password; fires `signed-in`. */
export class SignIn extends LitElement {
  static override properties = { session: {}, hint: {}, problem: { state: true }, busy: { state: true } };
  declare session: LoginSession;
  declare hint: string;
  declare problem: string;
  declare busy: boolean;

  static override styles = [common, formStyles];

  override render() {
    return html`<form @submit=${this.#submit}>
      ${this.hint ? html`<p>${this.hint}</p>` : nothing}
      <label>Login <input name="login" autocomplete="username" autocapitalize="none" required maxlength="64" /></label>
      <label
        >Password <input name="password" type="password" autocomplete="current-password" required maxlength="256"
      /></label>
      <div class="end">
        <button class="main" ?disabled=${this.busy}>Sign in</button>
        <span class="bad" role="alert" data-testid="sign-in-problem">${this.problem ?? ""}</span>
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const fields = new FormData(form);
    this.busy = true;
    this.problem = "";
    try {
      await this.session.signIn(String(fields.get("login")).trim(), String(fields.get("password")));
      form.reset();
      this.dispatchEvent(new Event("signed-in"));
    } catch (error) {
      this.problem = error instanceof ApiError ? error.message : "Something went wrong here. Please try again.";
    } finally {
      this.busy = false;
    }
  };
}

customElements.define("awaz-sign-in", SignIn);
