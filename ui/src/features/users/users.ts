import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { FromPage, sessionContext } from "../../app/contexts.ts";
import type { AccountView, RoleRequest } from "../../wire/schema.ts";
import "../../kit/confirm.ts";
import { PagedResource } from "../../app/paged-resource.ts";
import { roleLabel } from "../../app/roles.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

/** After the last letter, so that a word is one search. */
const SEARCH_DELAY_MS = 250;

/** All accounts and their platform roles. */
export class Users extends AwazElement {
  static override properties = { userId: {}, actions: {}, search: { state: true } };
  /** The signed-in admin, whose own row has no actions: nobody shuts themselves out. */
  declare userId: string | undefined;
  /** The actions at the end of another user's row, beside the role. */
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
      ${this.#users.render("users", (users) =>
        users.length
          ? html`<ul class="rows" data-testid="users">
              ${users.map((user) => this.#user(user))}
            </ul>`
          : html`<p class="muted" role="status" data-testid="users">${msg("No users found.")}</p>`,
      )}`;
  }

  #user(user: AccountView): TemplateResult {
    const { id, login, name, role } = user;
    const isOwn = id === this.userId;
    return html`<li data-testid="user" data-login=${login}>
      <div class="entry-text">
        <strong>${userText(name)}</strong>${isOwn ? ` (${msg("you")})` : ""}
        ${role === "admin" ? html`<span class="tag">${roleLabel(role)}</span>` : nothing}
        <span class="muted">${userText(login)}, ${msg("ID")} <code>${id}</code></span>
      </div>
      ${isOwn ? nothing : html`<div class="entry-actions">${this.#roleButton(user)} ${this.actions?.(user) ?? nothing}</div>`}
    </li>`;
  }

  #roleButton({ id, name, role }: AccountView): TemplateResult {
    const isAdmin = role === "admin";
    const question = isAdmin
      ? msg(html`Remove ${userText(name)} as an admin?`)
      : msg(html`Make ${userText(name)} an admin? Admins can manage every station and user.`);
    return html`<awaz-confirm
      .label=${isAdmin ? msg("Remove as admin") : msg("Make admin")}
      .question=${question}
      .run=${() => this.#changeRole(id, isAdmin ? "user" : "admin")}
      testId="user-role"
    ></awaz-confirm>`;
  }

  readonly #onSearch = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#searchTimer);
    this.#searchTimer = setTimeout(() => (this.search = value.trim()), SEARCH_DELAY_MS);
  };

  async #changeRole(id: string, role: RoleRequest["role"]): Promise<void> {
    const request = to("PATCH /api/v1/admin/users/{id}", { path: { id }, body: { role } });
    const changed = await callAuthenticated(this.#session.value, request);
    this.#users.update((user) => (user.id === id ? changed : user));
  }
}

customElements.define("awaz-users", Users);
