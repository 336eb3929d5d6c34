import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated, type TokenSource } from "../../sdk/http.ts";
import type { AccountView, RoleRequest } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { roleOptions, selectedRole } from "../../app/roles.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

const PLATFORM_ROLES = ["admin", "user"];

/** All accounts and their platform roles. */
export class Users extends AwazElement {
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

  readonly #users = new PagedResource(this, (query) => to("GET /api/v1/admin/users", { query }));
  readonly #action = new Action(this);

  override render() {
    return html`<p class="bad" role="alert" data-testid="users-role-problem">${this.#action.problem}</p>
      ${this.#users.render(
        "users",
        (users) =>
          html`<ul class="rows" data-testid="users">
            ${users.map((user) => this.#user(user))}
          </ul>`,
      )}`;
  }

  #user({ id, login, name, role }: AccountView): TemplateResult {
    return html`<li data-testid="user" data-login=${login}>
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        <span class="muted">${userText(login)}, ${msg("ID")} <code>${id}</code></span>
      </div>
      <div class="entry-actions">
        <select
          aria-label=${msg(str`Role of ${name}`)}
          ?disabled=${this.#action.busy}
          @change=${(event: Event) => this.#changeRole(id, selectedRole(event) as RoleRequest["role"])}
        >
          ${roleOptions(PLATFORM_ROLES, role)}
        </select>
      </div>
    </li>`;
  }

  #changeRole(id: string, role: RoleRequest["role"]): void {
    void this.#action.run(async () => {
      const request = to("PATCH /api/v1/admin/users/{id}", { path: { id }, body: { role } });
      const changed = await callAuthenticated(this.session, request);
      this.#users.update((user) => (user.id === id ? changed : user));
    });
  }
}

customElements.define("awaz-users", Users);
