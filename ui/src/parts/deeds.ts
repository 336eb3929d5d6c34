import { html } from "lit";
import type { AuditEntry } from "../client/wire.ts";
import { roleWord } from "./role-select.ts";
import { said } from "./text.ts";

type Deed = (target: unknown, detail: Record<string, unknown>) => unknown;

/** What follows the name of who did it, without the full stop. */
const DEEDS: Record<string, Deed> = {
  "session.open": () => "signed in",
  "session.end": (target) => (target === "all" ? "signed out everywhere" : "signed out"),
  "session.reuse": (target) => html`came with a spent token: a session of ${name(target)} was ended`,
  "user.signup": (target) => html`made the account ${name(target)}`,
  "user.add": (target) => html`added the user ${name(target)}`,
  "user.first_seen": () => "came for the first time",
  "user.password": (target) => html`changed the password of ${name(target)}`,
  "user.role": (target, detail) => html`made ${name(target)} ${role(detail["to"])} of the platform`,
  "station.add": (target) => html`added the station ${name(target)}`,
  "station.remove": (target) => html`removed the station ${name(target)}`,
  "member.set": (target, detail) => html`made ${name(target)} ${role(detail["to"])}`,
  "member.remove": (target, detail) => html`removed ${name(target)}, who was ${role(detail["from"])}`,
  "invitation.add": (_, detail) => html`invited somebody to be ${role(detail["role"])}`,
  "invitation.withdraw": () => "withdrew an invitation",
  "invitation.accept": (_, detail) => html`accepted an invitation to be ${role(detail["to"])}`,
  "stream_key.add": (target, detail) => html`made a stream key for ${name(target)}${label(detail["label"])}`,
  "stream_key.revoke": (target, detail) => html`revoked a stream key of ${name(target)}${label(detail["label"])}`,
  "ban.add": (target, detail) => html`sent ${name(target)} away${because(detail["reason"])}`,
  "ban.lift": (target) => html`allowed ${name(target)} again`,
};

/** An entry's deed in words; one that is newer than this page goes by its name. */
export function deedOf({ action, target, detail }: AuditEntry): unknown {
  const deed = DEEDS[action];
  return deed ? deed(target, detail) : html`did “${action}”${target ? html` to ${name(target)}` : ""}`;
}

function name(target: unknown): unknown {
  return said(String(target));
}

function role(word: unknown): string {
  const known = roleWord(String(word)).toLowerCase();
  return /^[aeiou]/.test(known) && known !== "user" ? `an ${known}` : `a ${known}`;
}

function label(text: unknown): unknown {
  return text ? html` (${name(text)})` : "";
}

function because(reason: unknown): unknown {
  return reason ? html`: ${name(reason)}` : "";
}
