import { firstLanguage } from "../i18n/languages.ts";
import { loadSentences } from "../i18n/locale.ts";

// In the language of the page that they are on.
await loadSentences(firstLanguage([document.documentElement.lang, ...navigator.languages])).catch(reportError);
// A station comes first: the elements in it ask it for its state as soon as they are defined.
await import("./station.ts");
await Promise.all([import("../features/chat/chat.ts"), import("../features/likes/like.ts"), import("./listen.ts")]);
