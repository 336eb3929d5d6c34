import { configureLocalization, type LocaleModule } from "@lit/localize";
import { allLocales, sourceLocale, targetLocales } from "./locales/codes.ts";

const KEY = "awaz.language";
const RIGHT_TO_LEFT: ReadonlySet<string> = new Set(["ar", "fa", "he", "ps", "sd", "ur"]);

/** The language of the station that is shown; empty if it has none. */
let preferred = "";

const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales,
  loadLocale: (locale) => import(`./locales/${locale}.ts`) as Promise<LocaleModule>,
});

export type Language = (typeof allLocales)[number];

export const languages: readonly Language[] = allLocales;

export function currentLanguage(): Language {
  return getLocale() as Language;
}

export function isEnglish(): boolean {
  return getLocale() === sourceLocale;
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

/** Use the language that was chosen here, else the station's, else the first of the browser's that there is. */
export async function startLanguage(ofStation = ""): Promise<void> {
  preferred = ofStation;
  const wanted = [stored(), preferred, ...navigator.languages].map((tag) => tag?.split("-")[0]);
  const language = languages.find((each) => each === wanted.find((tag) => isLanguage(tag))) ?? sourceLocale;
  try {
    await use(language);
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
  try {
    localStorage.setItem(KEY, language);
  } catch {
    // It lasts as long as the page, then.
  }
  await use(language);
}

async function use(language: Language): Promise<void> {
  await setLocale(language);
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

function isLanguage(tag: string | undefined): tag is Language {
  return languages.some((language) => language === tag);
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
