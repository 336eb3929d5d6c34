import { html } from "lit";
import type { AuditEntry } from "../wire/schema.ts";
import { roleLabel } from "./role-select.ts";
import { userText } from "./user-text.ts";

type Description = (target: unknown, detail: Record<string, unknown>) => unknown;

/** The rest of a sentence that begins with the actor, without the full stop. */
const DESCRIPTIONS: Record<string, Description> = {
  "session.open": () => "signed in",
  "session.end": (target) => (target === "all" ? "signed out everywhere" : "signed out"),
  "session.reuse": (target) =>
    html`presented a sign-in token that was already used; ${name(target)}’s session was ended`,
  "user.signup": (target) => html`created the account ${name(target)}`,
  "user.add": (target) => html`added the user ${name(target)}`,
  "user.first_seen": () => "signed in for the first time",
  "user.password": (target) => html`changed the password of ${name(target)}`,
  "user.rename": (target, detail) => html`changed the username of ${name(detail["from"])} to ${name(target)}`,
  "user.role": (target, detail) => html`changed the platform role of ${name(target)} to ${role(detail["to"])}`,
  "station.add": (target) => html`added the station ${name(target)}`,
  "station.remove": (target) => html`removed the station ${name(target)}`,
  "member.set": (target, detail) => html`made ${name(target)} ${aRole(detail["to"])}`,
  "member.remove": (target, detail) => html`removed ${name(target)} (${role(detail["from"])})`,
  "metadata.set": (target) => html`changed the title to ${name(target)}`,
  "invitation.add": (_, detail) => html`created an invitation for ${aRole(detail["role"])}`,
  "invitation.withdraw": () => "cancelled an invitation",
  "invitation.accept": (_, detail) => html`accepted an invitation and became ${aRole(detail["to"])}`,
  "stream_key.add": (target, detail) => html`created a stream key for ${name(target)}${label(detail["label"])}`,
  "stream_key.revoke": (target, detail) => html`revoked a stream key of ${name(target)}${label(detail["label"])}`,
  "ban.add": (target, detail) => html`banned ${name(target)}${reason(detail["reason"])}`,
  "ban.lift": (target) => html`unbanned ${name(target)}`,
};

/** An entry's action in words; an action that this page does not support is shown by its code. */
export function describeAction({ action, target, detail }: AuditEntry): unknown {
  const description = DESCRIPTIONS[action];
  if (description) return description(target, detail);
  return html`performed “${action}”${target ? html` on ${name(target)}` : ""}`;
}

/** The actor's name. Actions of `awaz` commands have no actor id. */
export function actorOf({ actor, actor_id }: AuditEntry): unknown {
  return actor_id === "" && actor === "console" ? "The command line" : name(actor);
}

function name(text: unknown): unknown {
  return userText(String(text));
}

function role(code: unknown): string {
  return roleLabel(String(code)).toLowerCase();
}

function aRole(code: unknown): string {
  const text = role(code);
  return /^[aeiou]/.test(text) && text !== "user" ? `an ${text}` : `a ${text}`;
}

function label(text: unknown): unknown {
  return text ? html` (${name(text)})` : "";
}

function reason(text: unknown): unknown {
  return text ? html`: ${name(text)}` : "";
}
