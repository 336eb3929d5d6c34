import { readBoot } from "../app/boot.ts";
import { startTheme } from "../app/theme.ts";
import { wantedLanguage } from "../app/wanted-language.ts";
import { markLanguage } from "../i18n/languages.ts";

// Runs in each page before anything is painted: a page neither changes its colours nor its direction in view.
startTheme();
if ("translated" in document.documentElement.dataset) {
  markLanguage(wantedLanguage(readBoot().language));
}
