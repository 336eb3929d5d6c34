import { msg, str } from "@lit/localize";
import { html } from "lit";
import type { AuditEntry } from "../../wire/schema.ts";
import { roleLabel } from "../../app/roles.ts";
import { clockText, numberText } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

type Facts = AuditEntry["detail"];

/** The rest of a sentence that begins with the actor. */
function descriptionOf(action: string, target: string, detail: Facts): unknown {
  const user = name(target);
  const descriptions: Record<string, () => unknown> = {
    "session.open": () => msg("signed in"),
    "session.end": () => (target === "all" ? msg("signed out everywhere") : msg("signed out")),
    "session.reuse": () => msg(html`presented a sign-in token that was already used; ${user}’s session was ended`),
    "user.signup": () => msg(html`created the account ${user}`),
    "user.add": () => msg(html`added the user ${user}`),
    "user.first_seen": () => msg("signed in for the first time"),
    "user.password": () => msg(html`changed the password of ${user}`),
    "user.rename": () => msg(html`changed the username of ${name(detail["from"])} to ${user}`),
    "user.role": () => msg(html`changed the platform role of ${user} to ${role(detail["to"])}`),
    "station.add": () => msg(html`added the station ${user}`),
    "station.change": () => msg(html`changed the settings of ${user}`),
    "station.remove": () => msg(html`removed the station ${user}`),
    "member.set": () => msg(html`changed the role of ${user} to ${role(detail["to"])}`),
    "member.remove": () => msg(html`removed ${user} (${role(detail["from"])})`),
    "metadata.set": () => posted(target, detail),
    "broadcast.start": () => onAir(target, detail),
    "broadcast.stop": () => offAir(target, detail),
    "encoder.kick": () => msg(html`disconnected the encoder of ${user}`),
    "invitation.add": () => msg(html`created an invitation (${role(detail["role"])})`),
    "invitation.withdraw": () => msg("cancelled an invitation"),
    "invitation.accept": () => msg(html`accepted an invitation (${role(detail["to"])})`),
    "stream_key.add": () => msg(html`created a stream key for ${user}${label(detail["label"])}`),
    "stream_key.revoke": () => msg(html`revoked a stream key of ${user}${label(detail["label"])}`),
    "track.add": () => msg(html`added the track ${user}`),
    "track.change": () => msg(html`changed the track ${user}`),
    "track.remove": () => msg(html`deleted the track ${user}`),
    "playlist.add": () => msg(html`created the playlist ${user}`),
    "playlist.change": () => msg(html`changed the playlist ${user}`),
    "playlist.order": () => msg(html`changed the tracks of the playlist ${user}`),
    "playlist.remove": () => msg(html`deleted the playlist ${user}`),
    "bot.add": () => msg(html`created the bot ${user}`),
    "bot.remove": () => msg(html`removed the bot ${user}`),
    "ban.add": () => html`${msg(html`banned ${user}`)}${reason(detail["reason"])}`,
    "ban.lift": () => msg(html`unbanned ${user}`),
    "timeout.add": () => html`${msg(html`timed out ${user}`)}${reason(detail["reason"])}`,
    "timeout.lift": () => msg(html`ended the timeout of ${user}`),
    "chat.mode": () => msg("changed who can write in the chat, and how often"),
    "chat.raid": () => msg("turned raid protection on"),
    "chat.raid_end": () => msg("turned raid protection off"),
    "chat.configure": () => msg("changed the settings of the chat"),
    "chat.clear": () => deleted(detail["messages"]),
    "chat.delete": () => deleted(detail["messages"]),
    "chat.delete_all": () => deleted(detail["messages"]),
    "chat.restore": () => msg("restored deleted messages"),
    "chat.approve": () => msg("approved a held message"),
    "chat.deny": () => msg("rejected a held message"),
    "chat.hold": () => msg("undid a decision about a held message"),
    "chat.pin": () => msg("pinned a message"),
    "chat.unpin": () => msg("unpinned a message"),
    "chat.dismiss": () => msg("left a reported message as it is"),
    "chat.reopen": () => msg("undid a decision about a reported message"),
  };
  return descriptions[action]?.();
}

/** An entry's action in words; an action that this page does not know is shown by its code. */
export function describeAction({ action, target, detail }: AuditEntry): unknown {
  return (
    descriptionOf(action, target, detail) ??
    (target ? msg(html`performed “${action}” on ${name(target)}`) : msg(str`performed “${action}”`))
  );
}

/** The actor's name. Actions of `awaz` commands have no actor id. */
export function actorOf({ actor, actor_id }: AuditEntry): unknown {
  return actor_id === "" && actor === "console" ? msg("The command line") : name(actor);
}

/** The posted fields; older entries have one line instead. */
function posted(target: string, { title, artist, show, host }: Facts): unknown {
  const changes = [
    title !== undefined && msg(html`title: ${name(title)}`),
    artist !== undefined && msg(html`artist: ${name(artist)}`),
    show !== undefined && msg(html`show: ${name(show)}`),
    host !== undefined && msg(html`host: ${name(host)}`),
  ].filter((change) => change !== false);
  if (!changes.length) return msg(html`changed the title to ${name(target)}`);
  return html`${msg("changed the now-playing text")}
  (${changes.map((change, index) => html`${index ? " · " : ""}${change}`)})`;
}

function deleted(messages: unknown): string {
  const count = Number(messages ?? 1);
  return count === 1
    ? msg("deleted a message in the chat")
    : msg(str`deleted ${numberText(count)} messages in the chat`);
}

function onAir(title: string, { host }: Facts): unknown {
  const who = name(host ?? "");
  return title ? msg(html`put ${who} on air: ${name(title)}`) : msg(html`put ${who} on air`);
}

function offAir(title: string, { host, seconds }: Facts): unknown {
  const who = name(host ?? "");
  const length = clockText(Number(seconds ?? 0) * 1000);
  return title
    ? msg(html`ended the show of ${who} after ${length}: ${name(title)}`)
    : msg(html`ended the show of ${who} after ${length}`);
}

function name(text: unknown): unknown {
  return userText(String(text));
}

function role(code: unknown): string {
  return roleLabel(String(code)).toLowerCase();
}

function label(text: unknown): unknown {
  return text ? html` (${name(text)})` : "";
}

function reason(text: unknown): unknown {
  return text ? html`: ${name(text)}` : "";
}
