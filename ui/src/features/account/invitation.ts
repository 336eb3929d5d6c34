import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { Task } from "@lit/task";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callApi, callAuthenticated } from "../../sdk/http.ts";
import { FromPage, loginContext } from "../../app/contexts.ts";
import type { AcceptAnswer, OfferView } from "../../wire/schema.ts";
import { roleLabel } from "../../app/roles.ts";
import { Action } from "../../kit/action.ts";
import "./sign-in.ts";
import "./sign-up.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

/** The landing page of an invitation link. Fires `signed-in`, `accepted` with the server's answer, and `declined`. */
export class Invitation extends AwazElement {
  static override properties = {
    token: {},
    signedIn: { type: Boolean },
    isNew: { state: true },
  };
  declare token: string;
  declare signedIn: boolean;
  declare isNew: boolean;

  static override styles = [
    common,
    controls,
    css`
      h1 {
        margin-block-end: 0.75rem;
        font-size: var(--text-page);
        line-height: 1.2;
        letter-spacing: calc(var(--tracking) * -0.02em);
        text-wrap: balance;
      }
      p {
        margin-block-end: 1.1rem;
      }
      blockquote {
        margin: 0 0 1.1rem;
        padding-inline-start: 0.9rem;
        border-inline-start: 3px solid var(--line);
        white-space: pre-line;
      }
      .choices {
        margin-block-end: 1.25rem;
      }
      .choices [aria-pressed="true"] {
        border-color: transparent;
        background: var(--panel);
        color: var(--panel-ink);
      }
      @media (forced-colors: active) {
        .choices [aria-pressed="true"] {
          border-color: Highlight;
        }
      }
    `,
  ];

  readonly #login = new FromPage(this, loginContext);
  readonly #action = new Action(this);
  /** The offer of the invitation. If it cannot be fetched, accepting reports the error. */
  readonly #offer = new Task(this, {
    args: () => [this.token],
    task: ([token], { signal }) => callApi(to("POST /api/v1/invitations/preview", { body: { token } }), { signal }),
  });

  override render() {
    const offer = this.#offer.value;
    return html`<div data-testid="invitation-landing">
      ${offer && offer.state !== "open" ? this.#ended(offer) : html`${this.#heading(offer)} ${this.#answer()}`}
    </div>`;
  }

  #heading(offer: OfferView | undefined): TemplateResult {
    if (!offer) return html`<h1>${msg("You’re invited to join a station")}</h1>`;
    const { made_by, station_name, role, message } = offer;
    return html`<h1>${msg(html`${userText(made_by)} invited you to ${userText(station_name)}`)}</h1>
      ${message ? html`<blockquote data-testid="invitation-message">${userText(message)}</blockquote>` : nothing}
      <p class="muted">${msg(html`Your role: ${roleLabel(role)}`)}</p>`;
  }

  #answer(): TemplateResult {
    return this.signedIn ? this.#accept() : this.#authenticate();
  }

  #ended({ made_by, station_name }: OfferView): TemplateResult {
    return html`<h1>${msg("This invitation can no longer be used")}</h1>
      <p>${msg(html`Ask ${userText(made_by)} for a new one to join ${userText(station_name)}.`)}</p>
      <button class="secondary" @click=${() => this.dispatchEvent(new Event("declined"))}>${msg("Close")}</button>`;
  }

  #accept(): TemplateResult {
    const { busy, problem } = this.#action;
    return html`<p>
        ${msg(html`You are signed in as ${userText(this.#login.value.user?.name ?? "")}. Accept to open the studio.`)}
      </p>
      <p class="bad" role="alert" data-testid="accept-problem" ?hidden=${!problem}>${problem}</p>
      <div class="form-actions">
        <button class="primary" data-testid="accept-invitation" ?disabled=${busy} @click=${this.#acceptOffer}>
          ${msg("Accept")}
        </button>
        <button class="secondary" ?disabled=${busy} @click=${() => this.dispatchEvent(new Event("declined"))}>
          ${msg("Not now")}
        </button>
      </div>`;
  }

  #authenticate(): TemplateResult {
    const onSignedIn = () => {
      this.dispatchEvent(new Event("signed-in"));
      void this.#acceptOffer();
    };
    return html`<p>${msg("Sign in or create an account to accept.")}</p>
      <div class="form-actions choices">
        ${this.#choice(msg("I have an account"), false)} ${this.#choice(msg("Create an account"), true)}
      </div>
      ${
        this.isNew
          ? html`<awaz-sign-up @signed-in=${onSignedIn}></awaz-sign-up>`
          : html`<awaz-sign-in @signed-in=${onSignedIn}></awaz-sign-in>`
      }`;
  }

  #choice(label: string, isNew: boolean): TemplateResult {
    const selected = Boolean(this.isNew) === isNew;
    return html`<button class="secondary" aria-pressed=${selected} @click=${() => (this.isNew = isNew)}>
      ${label}
    </button>`;
  }

  async #acceptOffer(): Promise<void> {
    await this.#action.run(async () => {
      const request = to("POST /api/v1/invitations/accept", { body: { token: this.token } });
      const detail = await callAuthenticated(this.#login.value, request);
      this.dispatchEvent(new CustomEvent<AcceptAnswer>("accepted", { detail }));
    });
  }
}

customElements.define("awaz-invitation", Invitation);
