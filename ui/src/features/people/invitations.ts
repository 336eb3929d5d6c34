import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { STATION_ROLES } from "../../app/permissions.ts";
import { FromPage, stationContext } from "../../app/contexts.ts";
import type { InvitationRequest, InvitationView } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import "../../kit/copyable.ts";
import { formValues } from "../../kit/form.ts";
import { Resource } from "../../app/resource.ts";
import { roleOptions, roleLabel } from "../../app/roles.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { dayAndTime } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

const HOUR_S = 3600;
const durations = (): readonly (readonly [seconds: number, label: string])[] => [
  [HOUR_S, msg("1 hour")],
  [24 * HOUR_S, msg("1 day")],
  [7 * 24 * HOUR_S, msg("7 days")],
  [30 * 24 * HOUR_S, msg("30 days")],
];
const DEFAULT_EXPIRY_S = 7 * 24 * HOUR_S;

/** A station's invitations: single-use links that give a role. */
export class Invitations extends AwazElement {
  static override properties = { created: { state: true } };
  declare created: InvitationView | undefined;

  static override styles = [common, controls, rows];

  readonly #station = new FromPage(this, stationContext);
  readonly #invitations = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/invitations", { path: this.#station.value }),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#create}>
        <div class="field-grid">
          <label
            >${msg("Role")}
            <select name="role">
              ${roleOptions(STATION_ROLES, "host")}
            </select></label
          >
          <label>
            ${msg("Expires after")}
            <select name="expires_in">
              ${durations().map(
                ([seconds, label]) =>
                  html`<option value=${seconds} ?selected=${seconds === DEFAULT_EXPIRY_S}>${label}</option>`,
              )}
            </select>
          </label>
          <label>
            ${msg("Note")}
            <input name="note" dir="auto" maxlength="80" autocomplete="off" placeholder=${msg("Who it’s for")} />
          </label>
        </div>
        <label>
          ${msg("Message to the person invited")}
          <textarea name="message" dir="auto" rows="2" maxlength="500"></textarea>
        </label>
        <div class="form-actions">
          <button class="primary" ?disabled=${busy}>${msg("Create link")}</button>
          <span class="bad" role="alert" data-testid="invitations-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.created ? this.#newLink(this.created) : nothing}</div>
      ${this.#invitations.render(({ invitations }) =>
        invitations.length
          ? html`<ul class="rows" data-testid="invitations">
              ${invitations.map((invitation) => this.#invitation(invitation))}
            </ul>`
          : html`<p class="muted" data-testid="invitations">${msg("No invitations yet.")}</p>`,
      )}`;
  }

  #newLink({ role, url, expires_at }: InvitationView): TemplateResult {
    return html`<div class="created" data-testid="invitation-created">
      <p>
        ${msg(html`Send this link to one person. It works once and expires ${dayAndTime(expires_at)}.`)}
        <strong>${msg("Copy it now; you won’t see it again.")}</strong>
      </p>
      <awaz-copyable .label=${msg(str`${roleLabel(role)} invitation`)} .value=${url ?? ""}></awaz-copyable>
    </div>`;
  }

  #invitation(invitation: InvitationView): TemplateResult {
    const { id, role, state, made_by, note, created_at } = invitation;
    return html`<li data-testid="invitation" data-state=${state} class=${state === "open" ? "" : "inactive"}>
      <div class="entry-text">
        <strong>${roleLabel(role)}</strong> <span class="tag">${stateLabel(invitation)}</span>
        ${note ? html`<span class="muted">${userText(note)}</span>` : nothing}
        <span class="muted">${msg(html`Created by ${userText(made_by)}, ${dayAndTime(created_at)}`)}</span>
      </div>
      ${
        state === "open"
          ? html`<awaz-confirm
              .label=${msg("Cancel invitation")}
              .question=${msg("Cancel this invitation? Its link will stop working.")}
              .run=${() => this.#cancel(id)}
              testId="invitation-cancel"
            ></awaz-confirm>`
          : nothing
      }
    </li>`;
  }

  #cancel(id: string) {
    const path = { slug: this.#station.value.slug, id };
    return this.#invitations.mutate(to("DELETE /api/v1/stations/{slug}/invitations/{id}", { path }));
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { role, expires_in, note = "", message = "" } = formValues(event.target as HTMLFormElement);
    const body: InvitationRequest = {
      role: role as InvitationRequest["role"],
      expires_in: Number(expires_in),
      note,
      message,
    };
    await this.#action.run(async () => {
      this.created = await this.#invitations.mutate(
        to("POST /api/v1/stations/{slug}/invitations", { path: this.#station.value, body }),
      );
    });
  };
}

function stateLabel({ state, accepted_by, expires_at }: InvitationView): unknown {
  if (state === "open") return msg(str`Pending, expires ${dayAndTime(expires_at)}`);
  if (state === "accepted") return accepted_by ? msg(html`Accepted by ${userText(accepted_by)}`) : msg("Accepted");
  return state === "expired" ? msg("Expired") : msg("Cancelled");
}

customElements.define("awaz-invitations", Invitations);
