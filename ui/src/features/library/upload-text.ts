import { msg, str } from "@lit/localize";
import { isOne, trackCount } from "../../i18n/plural.ts";
import { numberText } from "../../i18n/time.ts";

export function uploadedText(count: number): string {
  return isOne(count) ? msg("1 track uploaded.") : msg(str`${trackCount(count)} uploaded.`);
}

export function failedText(count: number): string {
  return isOne(count) ? msg("1 failed.") : msg(str`${numberText(count)} failed.`);
}

export function skippedText(count: number): string {
  return isOne(count)
    ? msg("1 file that isn’t audio was skipped.")
    : msg(str`${numberText(count)} files that aren’t audio were skipped.`);
}

export function unreadableText(count: number): string {
  return isOne(count) ? msg("1 file couldn’t be read.") : msg(str`${numberText(count)} files couldn’t be read.`);
}
