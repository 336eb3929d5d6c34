import { allLocales, sourceLocale } from "./locales/codes.ts";

const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ps", "sd", "ur"]);

export type Language = (typeof allLocales)[number];

export const languages: readonly Language[] = allLocales;

/** The first of some language tags that the pages are translated into, else English. */
export function firstLanguage(tags: readonly (string | undefined)[]): Language {
  const wanted = tags.map((tag) => tag?.split("-")[0]);
  return languages.find((language) => language === wanted.find(isLanguage)) ?? sourceLocale;
}

/** Give the document its language and direction. */
export function markLanguage(language: Language): void {
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

function isLanguage(tag: string | undefined): tag is Language {
  return languages.some((language) => language === tag);
}
