import { LitElement, css, html, type TemplateResult } from "lit";
import type { TokenSource } from "../client/http.ts";
import type { AccountView } from "../client/wire.ts";
import { Action } from "./action.ts";
import { Resource } from "./resource.ts";
import { roleOptions } from "./role-select.ts";
import { common, controls, rows } from "./styles.ts";
import { userText } from "./user-text.ts";

const PLATFORM_ROLES = ["admin", "user"];

/** All accounts and their platform roles. */
export class Users extends LitElement {
  static override properties = { session: {} };
  declare session: TokenSource;

  static override styles = [
    common,
    controls,
    rows,
    css`
      code {
        font-size: 0.9em;
        overflow-wrap: anywhere;
        user-select: all;
      }
    `,
  ];

  readonly #users = new Resource<{ users: AccountView[] }>(this, () => "admin/users");
  readonly #action = new Action(this);

  override render() {
    return html`<p class="bad" role="alert" data-testid="users-problem">${this.#action.problem}</p>
      ${this.#users.render(
        ({ users }) =>
          html`<ul class="rows" data-testid="users">
            ${users.map((user) => this.#user(user))}
          </ul>`,
      )}`;
  }

  #user({ id, login, name, role }: AccountView): TemplateResult {
    return html`<li data-testid="user" data-login=${login}>
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        <span class="muted">${userText(login)}, ID <code>${id}</code></span>
      </div>
      <div class="entry-actions">
        <select
          aria-label="Role of ${name}"
          ?disabled=${this.#action.busy}
          @change=${(event: Event) => this.#changeRole(id, (event.target as HTMLSelectElement).value)}
        >
          ${roleOptions(PLATFORM_ROLES, role)}
        </select>
      </div>
    </li>`;
  }

  #changeRole(id: string, role: string): void {
    void this.#action.run(() => this.#users.mutate("PATCH", `admin/users/${id}`, { role }));
  }
}

customElements.define("awaz-users", Users);
