import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { STATION_ROLES, rankOf } from "../../app/permissions.ts";
import { to } from "../../sdk/api.ts";
import { FromPage, stationContext, viewerContext } from "../../app/contexts.ts";
import type { MemberRequest, MemberView } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { Resource } from "../../app/resource.ts";
import { roleLabel, roleOptions, selectedRole } from "../../app/roles.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

/** A station's members and their roles. Managers can change lower ranks; members can leave. */
export class Members extends AwazElement {
  static override styles = [common, controls, rows];

  readonly #station = new FromPage(this, stationContext);
  readonly #viewer = new FromPage(this, viewerContext);
  readonly #members = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/members", { path: this.#station.value }),
  );
  readonly #action = new Action(this);

  override render() {
    return html`<p class="bad" role="alert" data-testid="members-problem">${this.#action.problem}</p>
      ${this.#members.render(({ members }) =>
        members.length
          ? html`<ul class="rows" data-testid="members">
              ${members.map((member) => this.#member(member, members))}
            </ul>`
          : html`<p class="muted" data-testid="members">${msg("No members yet.")}</p>`,
      )}`;
  }

  #member(member: MemberView, all: readonly MemberView[]): TemplateResult {
    const isSelf = member.user_id === this.#viewer.value.userId;
    const isOnlyOwner = member.role === "owner" && all.filter(({ role }) => role === "owner").length === 1;
    const canRemove = !isOnlyOwner && (isSelf || this.#canEdit(member));
    return html`<li data-testid="member" data-login=${member.login}>
      <div class="entry-text">
        <strong>${userText(member.name)}</strong>${isSelf ? ` (${msg("you")})` : ""}
        <span class="muted">${userText(member.login)}</span>
        ${isSelf && isOnlyOwner ? html`<span class="muted">${msg("To leave, make somebody else an owner first.")}</span>` : ""}
      </div>
      <div class="entry-actions">
        ${this.#canEdit(member) ? this.#roleSelect(member) : html`<span class="tag">${roleLabel(member.role)}</span>`}
        ${canRemove ? this.#removeButton(member, isSelf) : ""}
      </div>
    </li>`;
  }

  #canEdit(member: MemberView): boolean {
    const { canManage, rank } = this.#viewer.value.permissions;
    return canManage && rankOf(member.role) > rank;
  }

  #roleSelect(member: MemberView): TemplateResult {
    return html`<select
      aria-label=${msg(str`Role of ${member.name}`)}
      ?disabled=${this.#action.busy}
      @change=${(event: Event) => this.#changeRole(member, selectedRole(event) as MemberRequest["role"])}
    >
      ${roleOptions(STATION_ROLES, member.role)}
    </select>`;
  }

  #removeButton(member: MemberView, isSelf: boolean): TemplateResult {
    const question = isSelf
      ? msg("Leave this station? You’ll need a new invitation to return.")
      : msg(html`Remove ${userText(member.name)} from this station?`);
    return html`<awaz-confirm
      .label=${isSelf ? msg("Leave") : msg("Remove")}
      .question=${question}
      .run=${() => this.#remove(member)}
      testId="member-remove"
    ></awaz-confirm>`;
  }

  #remove({ user_id }: MemberView) {
    const path = { slug: this.#station.value.slug, id: user_id };
    return this.#members.mutate(to("DELETE /api/v1/stations/{slug}/members/{id}", { path }));
  }

  #changeRole({ login }: MemberView, role: MemberRequest["role"]): void {
    const body: MemberRequest = { login, role };
    void this.#action.run(() =>
      this.#members.mutate(to("PUT /api/v1/stations/{slug}/members", { path: this.#station.value, body })),
    );
  }
}

customElements.define("awaz-members", Members);
