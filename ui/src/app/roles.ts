import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

export function roleLabel(role: string): string {
  const labels: Record<string, string> = {
    owner: msg("Owner"),
    host: msg("Host"),
    moderator: msg("Moderator"),
    listener: msg("Listener"),
    admin: msg("Admin"),
    user: msg("User"),
  };
  return labels[role] ?? role;
}

/** Options for a role select. `live` restores the selection after a failed change. */
export function roleOptions(roles: readonly string[], selected: string): TemplateResult[] {
  return roles.map(
    (role) => html`<option value=${role} .selected=${live(role === selected)}>${roleLabel(role)}</option>`,
  );
}

/** The role that a `change` event of a role select is about: one of its options. */
export function selectedRole(event: Event): string {
  return (event.target as HTMLSelectElement).value;
}
