import { LitElement, css, html } from "lit";
import type { LoginSession } from "../client/login.ts";
import { filledIn, passwordField } from "./fields.ts";
import { common, controls } from "./styles.ts";
import { said } from "./text.ts";
import { Work } from "./work.ts";

/** One's own account behind a button: the password, and signing out. Fires `signed-out`. */
export class Account extends LitElement {
  static override properties = { session: {}, name: {}, changed: { state: true } };
  declare session: LoginSession;
  declare name: string;
  declare changed: boolean;

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
      @media (max-width: 30rem) {
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
        font-size: 1.3rem;
      }
      .leave {
        display: grid;
        gap: 0.75rem;
        margin-block-start: 1.5rem;
        padding-block-start: 1.25rem;
        border-block-start: 1px solid var(--line);
      }
    `,
  ];

  readonly #password = new Work(this);
  readonly #leaving = new Work(this);

  override render() {
    const { busy, problem } = this.#password;
    return html`<button class="plain open" data-testid="account" @click=${this.#open}>
        ${said(this.name)}<span>Account</span>
      </button>
      <dialog aria-labelledby="account" data-testid="account-dialog">
        <header>
          <h2 id="account">${said(this.name)}</h2>
          <button class="plain" @click=${this.#close}>Close</button>
        </header>
        <form @submit=${this.#change} @input=${() => (this.changed = false)}>
          ${passwordField("Current password", "current", "current")}
          ${passwordField("New password, at least 10 characters", "password", "new")}
          <div class="end">
            <button class="main" ?disabled=${busy}>Change password</button>
            <span role="status" class=${this.changed ? "good" : "bad"} data-testid="password-answer"
              >${this.changed ? "Changed. All your other devices are signed out." : problem}</span
            >
          </div>
        </form>
        ${this.#ways()}
      </dialog>`;
  }

  #ways() {
    const { busy, problem } = this.#leaving;
    return html`<div class="leave">
      <div class="end">
        <button class="plain" data-testid="sign-out" ?disabled=${busy} @click=${() => this.#leave(false)}>
          Sign out
        </button>
        <button class="plain" data-testid="sign-out-everywhere" ?disabled=${busy} @click=${() => this.#leave(true)}>
          Sign out everywhere
        </button>
      </div>
      <p class="bad" role="alert" ?hidden=${!problem}>${problem}</p>
    </div>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #open(): void {
    this.changed = false;
    this.#password.forget();
    this.#leaving.forget();
    this.#dialog?.showModal();
  }

  #close(): void {
    this.#dialog?.close();
  }

  readonly #change = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { current = "", password = "" } = filledIn(form);
    this.changed = await this.#password.run(() => this.session.changePassword(current, password));
    if (this.changed) form.reset();
  };

  async #leave(everywhere: boolean): Promise<void> {
    const leave = () => (everywhere ? this.session.signOutEverywhere() : this.session.signOut());
    if (await this.#leaving.run(leave)) this.dispatchEvent(new Event("signed-out"));
  }
}

customElements.define("awaz-account", Account);
