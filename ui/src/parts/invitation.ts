import { LitElement, css, html, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import type { LoginSession } from "../client/login.ts";
import type { AcceptAnswer } from "../client/wire.ts";
import "./sign-in.ts";
import "./sign-up.ts";
import { common, controls } from "./styles.ts";
import { said } from "./text.ts";
import { Work } from "./work.ts";

/** What a link of invitation opens. Fires `signed-in`, `accepted` with the server's answer, and `declined`. */
export class Invitation extends LitElement {
  static override properties = { session: {}, token: {}, signedIn: { type: Boolean }, isNew: { state: true } };
  declare session: LoginSession;
  declare token: string;
  declare signedIn: boolean;
  declare isNew: boolean;

  static override styles = [
    common,
    controls,
    css`
      h1 {
        margin-block-end: 0.75rem;
        font-size: 1.7rem;
        line-height: 1.2;
        letter-spacing: -0.02em;
        text-wrap: balance;
      }
      p {
        margin-block-end: 1.1rem;
      }
      .ways {
        margin-block-end: 1.25rem;
      }
      .ways [aria-pressed="true"] {
        border-color: transparent;
        background: var(--panel);
        color: var(--panel-ink);
      }
    `,
  ];

  readonly #work = new Work(this);

  override render() {
    return html`<div data-testid="invited">
      <h1>You are invited to a station</h1>
      ${this.signedIn ? this.#accept() : this.#begin()}
    </div>`;
  }

  #accept(): TemplateResult {
    const { busy, problem } = this.#work;
    return html`<p>
        You are signed in as ${said(this.session.user?.name ?? "")}. Accept, and the station’s desk opens to you.
      </p>
      <p class="bad" role="alert" data-testid="invited-problem" ?hidden=${!problem}>${problem}</p>
      <div class="end">
        <button class="main" data-testid="invited-accept" ?disabled=${busy} @click=${this.#onAccept}>Accept</button>
        <button class="plain" ?disabled=${busy} @click=${() => this.dispatchEvent(new Event("declined"))}>Not now</button>
      </div>`;
  }

  #begin(): TemplateResult {
    const onSignedIn = () => this.dispatchEvent(new Event("signed-in"));
    return html`<p>To accept, say who you are.</p>
      <div class="end ways">${this.#way("I have an account", false)} ${this.#way("I am new here", true)}</div>
      ${this.isNew
        ? html`<awaz-sign-up .session=${this.session} @signed-in=${onSignedIn}></awaz-sign-up>`
        : html`<awaz-sign-in .session=${this.session} @signed-in=${onSignedIn}></awaz-sign-in>`}`;
  }

  #way(label: string, isNew: boolean): TemplateResult {
    const chosen = Boolean(this.isNew) === isNew;
    return html`<button class="plain" aria-pressed=${chosen} @click=${() => (this.isNew = isNew)}>${label}</button>`;
  }

  async #onAccept(): Promise<void> {
    await this.#work.run(async () => {
      const request = { method: "POST", body: { token: this.token } } as const;
      const detail = await callAs<AcceptAnswer>(this.session, "invitations/accept", request);
      this.dispatchEvent(new CustomEvent<AcceptAnswer>("accepted", { detail }));
    });
  }
}

customElements.define("awaz-invitation", Invitation);
