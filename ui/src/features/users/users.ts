import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { FromPage, sessionContext } from "../../app/contexts.ts";
import type { AccountView, RoleRequest } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { roleOptions, selectedRole } from "../../app/roles.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

const PLATFORM_ROLES = ["admin", "user"];
/** After the last letter, so that a word is one search. */
const SEARCH_DELAY_MS = 250;

/** All accounts and their platform roles. */
export class Users extends AwazElement {
  static override properties = { actions: {}, search: { state: true } };
  /** What is at the end of a user's row, beside their role. */
  declare actions: ((user: AccountView) => TemplateResult) | undefined;
  declare private search: string;

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

  readonly #session = new FromPage(this, sessionContext);
  readonly #users = new PagedResource(this, (query) =>
    to("GET /api/v1/admin/users", { query: { ...query, ...(this.search && { search: this.search }) } }),
  );
  readonly #action = new Action(this);
  #searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.search = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#searchTimer);
  }

  override render() {
    return html`<form role="search" @submit=${(event: Event) => event.preventDefault()}>
        <input
          type="search"
          dir="auto"
          maxlength="64"
          data-testid="users-search"
          aria-label=${msg("Search users")}
          placeholder=${msg("Search users")}
          @input=${this.#onSearch}
        />
      </form>
      <p class="bad" role="alert" data-testid="users-role-problem">${this.#action.problem}</p>
      ${this.#users.render("users", (users) =>
        users.length
          ? html`<ul class="rows" data-testid="users">
              ${users.map((user) => this.#user(user))}
            </ul>`
          : html`<p class="muted" role="status" data-testid="users">${msg("No user found.")}</p>`,
      )}`;
  }

  #user(user: AccountView): TemplateResult {
    const { id, login, name, role } = user;
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
        ${this.actions?.(user) ?? nothing}
      </div>
    </li>`;
  }

  readonly #onSearch = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => (this.search = value.trim()), SEARCH_DELAY_MS);
  };

  #changeRole(id: string, role: RoleRequest["role"]): void {
    void this.#action.run(async () => {
      const request = to("PATCH /api/v1/admin/users/{id}", { path: { id }, body: { role } });
      const changed = await callAuthenticated(this.#session.value, request);
      this.#users.update((user) => (user.id === id ? changed : user));
    });
  }
}

customElements.define("awaz-users", Users);
