import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

const LABELS: Record<string, string> = {
  owner: "Owner",
  host: "Host",
  moderator: "Moderator",
  listener: "Listener",
  admin: "Admin",
  user: "User",
};

export function roleLabel(role: string): string {
  return LABELS[role] ?? role;
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
