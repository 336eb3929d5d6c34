import { msg, str } from "@lit/localize";
import { trackCount } from "../../i18n/plural.ts";
import { clockText, numberText, percentText } from "../../i18n/time.ts";
import type { PlaylistView } from "../../wire/schema.ts";

const MAX_WEIGHT = 10;

export const orders = (): readonly (readonly [PlaylistView["order"], string])[] => [
  ["shuffle", msg("Shuffled")],
  ["sequence", msg("In order")],
];

/** How often AutoDJ can play from a playlist, as weights with their names. */
export const weights = (): readonly (readonly [number, string])[] => [
  [0, msg("Never")],
  ...Array.from({ length: MAX_WEIGHT }, (_, before): readonly [number, string] => [
    before + 1,
    msg(str`${numberText(before + 1)}×`),
  ]),
];

export function isInRotation({ weight, tracks }: PlaylistView): boolean {
  return weight > 0 && tracks > 0;
}

/** How much of AutoDJ's choice comes from a playlist, among all of its station. */
export function shareText(playlist: PlaylistView, all: readonly PlaylistView[]): string {
  if (!playlist.weight) return msg("Not in rotation");
  if (!playlist.tracks) return msg("No tracks yet");
  const sum = all.filter(isInRotation).reduce((total, { weight }) => total + weight, 0);
  return msg(str`${percentText(playlist.weight / sum)} of AutoDJ`);
}

/** The number of a playlist's tracks, their length and their order. */
export function contentText({ tracks, duration_ms, order }: PlaylistView): string {
  const name = orders().find(([each]) => each === order)?.[1] ?? "";
  return tracks ? `${trackCount(tracks)} · ${clockText(duration_ms)} · ${name}` : `${trackCount(tracks)} · ${name}`;
}
