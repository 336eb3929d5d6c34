/** Letters that Arabic writes and Urdu, Persian and their neighbours do not, or write otherwise. */
const ARABIC_ONLY = /[كيىةأإ]/;
const ARABIC = /\p{Script=Arabic}/u;

export type Script = "nastaliq" | "naskh" | "";

/** Which typeface and line height a text needs. Urdu is set in nastaliq, and most of our Arabic script is Urdu. */
export function scriptOf(text: string): Script {
  if (!ARABIC.test(text)) return "";
  return ARABIC_ONLY.test(text) ? "naskh" : "nastaliq";
}
