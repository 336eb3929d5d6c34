import { LitElement, html, nothing, type TemplateResult } from "lit";
import { to } from "../client/api.ts";
import { STATION_ROLES } from "../client/permissions.ts";
import type { TokenSource } from "../client/http.ts";
import type { InvitationRequest, InvitationView } from "../wire/schema.ts";
import { Action } from "./action.ts";
import "./confirm.ts";
import "./copyable.ts";
import { formValues } from "./form.ts";
import { Resource } from "./resource.ts";
import { roleOptions, roleLabel } from "./role-select.ts";
import { common, controls, rows } from "./styles.ts";
import { dayAndTime } from "./time.ts";
import { userText } from "./user-text.ts";

const HOUR_S = 3600;
const DURATIONS: readonly (readonly [seconds: number, label: string])[] = [
  [HOUR_S, "1 hour"],
  [24 * HOUR_S, "1 day"],
  [7 * 24 * HOUR_S, "7 days"],
  [30 * 24 * HOUR_S, "30 days"],
];
const DEFAULT_EXPIRY_S = 7 * 24 * HOUR_S;

/** A station's invitations: single-use links that give a role. */
export class Invitations extends LitElement {
  static override properties = { slug: {}, session: {}, created: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare created: InvitationView | undefined;

  static override styles = [common, controls, rows];

  readonly #invitations = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/invitations", { path: { slug: this.slug } }),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#create}>
        <div class="field-grid">
          <label
            >Role
            <select name="role">
              ${roleOptions(STATION_ROLES, "host")}
            </select></label
          >
          <label>
            Expires after
            <select name="expires_in">
              ${DURATIONS.map(
                ([seconds, label]) =>
                  html`<option value=${seconds} ?selected=${seconds === DEFAULT_EXPIRY_S}>${label}</option>`,
              )}
            </select>
          </label>
        </div>
        <div class="form-actions">
          <button class="primary" ?disabled=${busy}>Create link</button>
          <span class="bad" role="alert" data-testid="invitations-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.created ? this.#newLink(this.created) : nothing}</div>
      ${this.#invitations.render(({ invitations }) =>
        invitations.length
          ? html`<ul class="rows" data-testid="invitations">
              ${invitations.map((invitation) => this.#invitation(invitation))}
            </ul>`
          : html`<p class="muted" data-testid="invitations">No invitations yet.</p>`,
      )}`;
  }

  #newLink({ role, url, expires_at }: InvitationView): TemplateResult {
    return html`<div class="created" data-testid="invitation-created">
      <p>
        Send this link to one person. It works once and expires ${dayAndTime(expires_at)}.
        <strong>Copy it now; you won’t see it again.</strong>
      </p>
      <awaz-copyable .label=${`${roleLabel(role)} invitation`} .value=${url ?? ""}></awaz-copyable>
    </div>`;
  }

  #invitation(invitation: InvitationView): TemplateResult {
    const { id, role, state, made_by, created_at } = invitation;
    return html`<li data-testid="invitation" data-state=${state} class=${state === "open" ? "" : "inactive"}>
      <div class="entry-text">
        <strong>${roleLabel(role)}</strong> <span class="tag">${stateLabel(invitation)}</span>
        <span class="muted">Created by ${userText(made_by)}, ${dayAndTime(created_at)}</span>
      </div>
      ${
        state === "open"
          ? html`<awaz-confirm
              label="Cancel invitation"
              .question=${"Cancel this invitation? Its link stops working."}
              .run=${() => this.#cancel(id)}
              testId="invitation-cancel"
            ></awaz-confirm>`
          : nothing
      }
    </li>`;
  }

  #cancel(id: string) {
    const path = { slug: this.slug, id };
    return this.#invitations.mutate(to("DELETE /api/v1/stations/{slug}/invitations/{id}", { path }));
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { role, expires_in } = formValues(event.target as HTMLFormElement);
    const body: InvitationRequest = {
      role: role as InvitationRequest["role"],
      expires_in: Number(expires_in),
    };
    await this.#action.run(async () => {
      this.created = await this.#invitations.mutate(
        to("POST /api/v1/stations/{slug}/invitations", { path: { slug: this.slug }, body }),
      );
    });
  };
}

function stateLabel({ state, accepted_by, expires_at }: InvitationView): unknown {
  if (state === "open") return `Pending, expires ${dayAndTime(expires_at)}`;
  if (state === "accepted") return accepted_by ? html`Accepted by ${userText(accepted_by)}` : "Accepted";
  return state === "expired" ? "Expired" : "Cancelled";
}

customElements.define("awaz-invitations", Invitations);
