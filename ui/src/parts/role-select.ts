import { html, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";

const WORDS: Record<string, string> = {
  owner: "Owner",
  host: "Host",
  moderator: "Moderator",
  listener: "Listener",
  admin: "Admin",
  user: "User",
};

export function roleWord(role: string): string {
  return WORDS[role] ?? role;
}

/** The options of a select; the one on is set again after a change that was refused. */
export function roleOptions(roles: readonly string[], on: string): TemplateResult[] {
  return roles.map((role) => html`<option value=${role} .selected=${live(role === on)}>${roleWord(role)}</option>`);
}
