import { configureLocalization, type LocaleModule } from "@lit/localize";
import { markLanguage, type Language } from "./languages.ts";
import { sourceLocale, targetLocales } from "./locales/codes.ts";

const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: (locale) => import(`./locales/${locale}.ts`) as Promise<LocaleModule>,
});

export function currentLanguage(): Language {
  return getLocale() as Language;
}

export function isEnglish(): boolean {
  return getLocale() === sourceLocale;
}

/** Have the sentences in a language; throws if they cannot be loaded. */
export const loadSentences: (language: Language) => Promise<void> = setLocale;

/** Switch the page to a language; throws if its sentences cannot be loaded. */
export async function useLanguage(language: Language): Promise<void> {
  try {
    await loadSentences(language);
  } finally {
    markLanguage(currentLanguage());
  }
}

/** For `Intl`: the page's language as it is written where the reader is, with the digits that players show. */
export function formatLocale(): string {
  const regional = navigator.languages.find((tag) => tag.split("-")[0] === getLocale() && isValid(tag));
  return `${regional?.split("-u-")[0] ?? getLocale()}-u-nu-latn`;
}

/** Chromium reports "en-US@posix" on systems without a locale. */
function isValid(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

/** A language's name in that language. */
export function languageName(language: string): string {
  return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
}
