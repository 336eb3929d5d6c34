import { LitElement, html, nothing, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import { STATION_ROLES } from "../client/rights.ts";
import type { TokenSource } from "../client/session.ts";
import type { InvitationView } from "../client/wire.ts";
import "./confirm.ts";
import "./copyable.ts";
import { filledIn } from "./fields.ts";
import { Remote } from "./remote.ts";
import { roleOptions, roleWord } from "./role-select.ts";
import { common, controls, rows } from "./styles.ts";
import { said } from "./text.ts";
import { dayAndTime } from "./time.ts";
import { Work } from "./work.ts";

const HOUR_S = 3600;
const TERMS: readonly (readonly [seconds: number, words: string])[] = [
  [HOUR_S, "1 hour"],
  [24 * HOUR_S, "1 day"],
  [7 * 24 * HOUR_S, "7 days"],
  [30 * 24 * HOUR_S, "30 days"],
];
const USUAL_TERM_S = 7 * 24 * HOUR_S;

/** Links that give whoever has them a role at a station, once. */
export class Invitations extends LitElement {
  static override properties = { slug: {}, session: {}, made: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare made: InvitationView | undefined;

  static override styles = [common, controls, rows];

  readonly #invitations = new Remote<{ invitations: InvitationView[] }>(this, () => this.#path);
  readonly #work = new Work(this);

  override render() {
    const { busy, problem } = this.#work;
    return html`<form @submit=${this.#make}>
        <div class="pair">
          <label>Role <select name="role">${roleOptions(STATION_ROLES, "host")}</select></label>
          <label>
            The link works for
            <select name="expires_in">
              ${TERMS.map(
                ([seconds, words]) =>
                  html`<option value=${seconds} ?selected=${seconds === USUAL_TERM_S}>${words}</option>`,
              )}
            </select>
          </label>
        </div>
        <div class="end">
          <button class="main" ?disabled=${busy}>Make a link</button>
          <span class="bad" role="alert" data-testid="invitations-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.made ? this.#shown(this.made) : nothing}</div>
      ${this.#invitations.render(({ invitations }) =>
        invitations.length
          ? html`<ul class="rows" data-testid="invitations">
              ${invitations.map((invitation) => this.#invitation(invitation))}
            </ul>`
          : html`<p class="muted" data-testid="invitations">Nobody has been invited yet.</p>`,
      )}`;
  }

  get #path(): string {
    return `stations/${this.slug}/invitations`;
  }

  #shown(made: InvitationView): TemplateResult {
    return html`<div class="made" data-testid="invitation-made">
      <p>
        Send this link to one person. It works once, until ${dayAndTime(made.expires_at)}, and
        <strong>cannot be shown again</strong>.
      </p>
      <awaz-copyable .label=${`${roleWord(made.role)}’s link`} .value=${made.url ?? ""}></awaz-copyable>
    </div>`;
  }

  #invitation(invitation: InvitationView): TemplateResult {
    const { id, role, state, made_by, created_at } = invitation;
    return html`<li data-testid="invitation" data-state=${state} class=${state === "open" ? "" : "over"}>
      <div class="who">
        <strong>${roleWord(role)}</strong> <span class="tag">${stateOf(invitation)}</span>
        <span class="muted">Made by ${said(made_by)}, ${dayAndTime(created_at)}</span>
      </div>
      ${state === "open"
        ? html`<awaz-confirm
            label="Withdraw"
            .question=${"Withdraw this invitation? Its link stops working."}
            .action=${() => this.#invitations.change("DELETE", `${this.#path}/${id}`)}
            hook="invitation-withdraw"
          ></awaz-confirm>`
        : nothing}
    </li>`;
  }

  readonly #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { role, expires_in } = filledIn(event.target as HTMLFormElement);
    const body = { role, expires_in: Number(expires_in) };
    await this.#work.run(async () => {
      this.made = await callAs<InvitationView>(this.session, this.#path, { method: "POST", body });
      await this.#invitations.fetch();
    });
  };
}

function stateOf({ state, accepted_by, expires_at }: InvitationView): unknown {
  if (state === "open") return `Open until ${dayAndTime(expires_at)}`;
  if (state === "accepted") return accepted_by ? html`Accepted by ${said(accepted_by)}` : "Accepted";
  return state === "expired" ? "Expired" : "Withdrawn";
}

customElements.define("awaz-invitations", Invitations);
