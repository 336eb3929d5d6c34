import { msg, str } from "@lit/localize";
import { currentLanguage } from "./locale.ts";
import { numberText } from "./time.ts";

/** How many listen, in a language that may tell one from others. */
export function listeningText(count: number): string {
  const isOne = new Intl.PluralRules(currentLanguage()).select(count) === "one";
  return isOne
    ? msg(str`${numberText(count)} listening`, { id: "one-listening" })
    : msg(str`${numberText(count)} listening`);
}
