import { msg, str } from "@lit/localize";
import { currentLanguage } from "./locale.ts";
import { numberText } from "./time.ts";

/** How many listen, in a language that may tell one from others. */
export function listeningText(count: number): string {
  return isOne(count)
    ? msg(str`${numberText(count)} listening`, { id: "one-listening" })
    : msg(str`${numberText(count)} listening`);
}

export function trackCount(count: number): string {
  return isOne(count) ? msg("1 track") : msg(str`${numberText(count)} tracks`);
}

/** Whether the page's language counts so many as one. */
export function isOne(count: number): boolean {
  return new Intl.PluralRules(currentLanguage()).select(count) === "one";
}
