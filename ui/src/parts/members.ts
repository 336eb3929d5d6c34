import { LitElement, html, type TemplateResult } from "lit";
import { STATION_ROLES, rankOf, type Rights } from "../client/rights.ts";
import type { TokenSource } from "../client/session.ts";
import type { MemberView } from "../client/wire.ts";
import "./confirm.ts";
import { Remote } from "./remote.ts";
import { roleOptions, roleWord } from "./role-select.ts";
import { common, controls, rows } from "./styles.ts";
import { said } from "./text.ts";
import { Work } from "./work.ts";

/** Who has a role at a station. Whoever runs it changes those below; anybody may leave. */
export class Members extends LitElement {
  static override properties = { slug: {}, session: {}, rights: {}, me: {} };
  declare slug: string;
  declare session: TokenSource;
  declare rights: Rights;
  /** One's own user id. */
  declare me: string;

  static override styles = [common, controls, rows];

  readonly #members = new Remote<{ members: MemberView[] }>(this, () => `stations/${this.slug}/members`);
  readonly #work = new Work(this);

  override render() {
    return html`<p class="bad" role="alert" data-testid="members-problem">${this.#work.problem}</p>
      ${this.#members.render(({ members }) =>
        members.length
          ? html`<ul class="rows" data-testid="members">
              ${members.map((member) => this.#member(member))}
            </ul>`
          : html`<p class="muted" data-testid="members">Nobody has a role here yet.</p>`,
      )}`;
  }

  #member(member: MemberView): TemplateResult {
    const mine = member.user_id === this.me;
    return html`<li data-testid="member" data-login=${member.login}>
      <div class="who">
        <strong>${said(member.name)}</strong>${mine ? " (you)" : ""}
        <span class="muted">${said(member.login)}</span>
      </div>
      <div class="acts">
        ${this.#below(member) ? this.#roles(member) : html`<span class="tag">${roleWord(member.role)}</span>`}
        ${mine || this.#below(member) ? this.#remove(member, mine) : ""}
      </div>
    </li>`;
  }

  #below(member: MemberView): boolean {
    return this.rights.runsIt && rankOf(member.role) > this.rights.rank;
  }

  #roles(member: MemberView): TemplateResult {
    return html`<select
      aria-label="Role of ${member.name}"
      ?disabled=${this.#work.busy}
      @change=${(event: Event) => this.#change(member, (event.target as HTMLSelectElement).value)}
    >
      ${roleOptions(STATION_ROLES, member.role)}
    </select>`;
  }

  #remove(member: MemberView, mine: boolean): TemplateResult {
    const question = mine
      ? "Leave this station? You can only come back with another invitation."
      : html`Remove ${said(member.name)} from this station?`;
    return html`<awaz-confirm
      .label=${mine ? "Leave" : "Remove"}
      .question=${question}
      .action=${() => this.#members.change("DELETE", `stations/${this.slug}/members/${member.user_id}`)}
      hook="member-remove"
    ></awaz-confirm>`;
  }

  #change({ login }: MemberView, role: string): void {
    void this.#work.run(() => this.#members.change("PUT", `stations/${this.slug}/members`, { login, role }));
  }
}

customElements.define("awaz-members", Members);
