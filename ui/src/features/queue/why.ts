import { msg, str } from "@lit/localize";
import { html } from "lit";
import { formatLocale } from "../../i18n/locale.ts";
import { userText } from "../../kit/user-text.ts";
import type { QueueItem } from "../../wire/schema.ts";

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;

/** Why an item is in the queue. */
export function whyText({ why, starts_at }: Pick<QueueItem, "why" | "starts_at">): unknown {
  const { kind, by, playlist, last_played_at } = why;
  if (kind === "broadcast") return by === undefined ? msg("Part of a show") : msg(html`Part of ${userText(by)}’s show`);
  if (kind === "placed") return by === undefined ? msg("Placed by hand") : msg(html`Placed by ${userText(by)}`);
  if (kind === "playlist" && playlist !== undefined) return playlistText(playlist, starts_at, last_played_at);
  if (last_played_at === undefined) return msg("AutoDJ, never played before");
  return msg(str`AutoDJ, not played for ${durationText(starts_at - last_played_at)}`);
}

function playlistText(name: string, startsAt: number, lastPlayedAt: number | undefined): unknown {
  if (lastPlayedAt === undefined) return msg(html`From the playlist ${userText(name)}, never played before`);
  const duration = durationText(startsAt - lastPlayedAt);
  return msg(html`From the playlist ${userText(name)}, not played for ${duration}`);
}

/** A duration in its largest unit, such as "3 hours"; at least a minute. */
export function durationText(milliseconds: number): string {
  const [unit, length] = UNITS.find(([, each]) => milliseconds >= each) ?? UNITS[2];
  const count = Math.max(1, Math.round(milliseconds / length));
  return count.toLocaleString(formatLocale(), { style: "unit", unit, unitDisplay: "long" });
}
