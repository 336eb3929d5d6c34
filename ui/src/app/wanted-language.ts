import { firstLanguage, type Language } from "../i18n/languages.ts";
import { keep, kept } from "./kept.ts";

const KEY = "awaz.language";

/** The language that was chosen here, else the station's, else the first of the browser's that there is. */
export function wantedLanguage(ofStation = ""): Language {
  return firstLanguage([kept(KEY), ofStation, ...navigator.languages]);
}

export function keepLanguage(language: Language): void {
  keep(KEY, language);
}
