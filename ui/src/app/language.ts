import type { Language } from "../i18n/languages.ts";
import { useLanguage } from "../i18n/locale.ts";
import { keepLanguage, wantedLanguage } from "./wanted-language.ts";

/** The language of the station that is shown; empty if it has none. */
let preferred = "";

/** Use the language that is wanted on the page of a station, or of none. */
export async function startLanguage(ofStation = ""): Promise<void> {
  preferred = ofStation;
  try {
    await useLanguage(wantedLanguage(ofStation));
  } catch (error) {
    // The sentences could not be loaded: the page is readable in English.
    reportError(error);
  }
}

/** Follow the language of the station that is shown, unless one was chosen here. */
export async function followLanguage(ofStation: string): Promise<void> {
  if (ofStation !== preferred) await startLanguage(ofStation);
}

/** Switch the page to a language, and remember it; throws if its sentences cannot be loaded. */
export async function chooseLanguage(language: Language): Promise<void> {
  keepLanguage(language);
  await useLanguage(language);
}
