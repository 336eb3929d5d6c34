import { firstLanguage } from "../i18n/languages.ts";
import { loadSentences } from "../i18n/locale.ts";

// In the language of the page that they are on.
await loadSentences(firstLanguage([document.documentElement.lang, ...navigator.languages])).catch(reportError);
// What is in a station asks it for what it needs as soon as it is defined.
await import("./station.ts");
await Promise.all([import("../features/chat/chat.ts"), import("../features/likes/like.ts")]);
