/** Letters that occur in Arabic, but not in Urdu or Persian. */
const ARABIC_ONLY = /[كيىةأإ]/;
const ARABIC = /\p{Script=Arabic}/u;

export type Script = "nastaliq" | "naskh" | "";

/** The typeface for a text. Arabic script is set in nastaliq, as Urdu is, unless the text is clearly Arabic. */
export function scriptOf(text: string): Script {
  if (!ARABIC.test(text)) return "";
  return ARABIC_ONLY.test(text) ? "naskh" : "nastaliq";
}
