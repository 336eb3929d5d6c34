import { LitElement, css, html, type TemplateResult } from "lit";
import type { TokenSource } from "../client/session.ts";
import type { AccountView } from "../client/wire.ts";
import { Remote } from "./remote.ts";
import { roleOptions } from "./role-select.ts";
import { common, controls, rows } from "./styles.ts";
import { said } from "./text.ts";
import { Work } from "./work.ts";

const PLATFORM_ROLES = ["admin", "user"];

/** Everybody with a login, and their roles on the platform. */
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

  readonly #users = new Remote<{ users: AccountView[] }>(this, () => "admin/users");
  readonly #work = new Work(this);

  override render() {
    return html`<p class="bad" role="alert" data-testid="users-problem">${this.#work.problem}</p>
      ${this.#users.render(
        ({ users }) =>
          html`<ul class="rows" data-testid="users">
            ${users.map((user) => this.#user(user))}
          </ul>`,
      )}`;
  }

  #user({ id, login, name, role }: AccountView): TemplateResult {
    return html`<li data-testid="user" data-login=${login}>
      <div class="who">
        <strong>${said(name)}</strong>
        <span class="muted">${said(login)}, id <code>${id}</code></span>
      </div>
      <div class="acts">
        <select
          aria-label="Role of ${name}"
          ?disabled=${this.#work.busy}
          @change=${(event: Event) => this.#change(id, (event.target as HTMLSelectElement).value)}
        >
          ${roleOptions(PLATFORM_ROLES, role)}
        </select>
      </div>
    </li>`;
  }

  #change(id: string, role: string): void {
    void this.#work.run(() => this.#users.change("PATCH", `admin/users/${id}`, { role }));
  }
}

customElements.define("awaz-users", Users);
