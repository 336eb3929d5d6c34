/** Letters that occur in Arabic, and seldom in Urdu or Persian. */
const ARABIC_ONLY = /[كيىةأإ]/;
/** Letters of the Arabic script with their marks, and what stands between them: spaces, digits and punctuation. */
const ARABIC_RUN = /\p{Script=Arabic}(?:[^\p{L}]*\p{Script=Arabic})*\p{M}*/gu;

/** A part of a text in one typeface. */
export interface Run {
  readonly text: string;
  /** The language of Arabic script: Urdu, unless the run is clearly Arabic; undefined for other scripts. */
  readonly lang: "ur" | "ar" | undefined;
}

/** The parts of a text, in order. */
export function runsOf(text: string): Run[] {
  const runs: Run[] = [];
  let end = 0;
  for (const match of text.matchAll(ARABIC_RUN)) {
    if (match.index > end) runs.push({ text: text.slice(end, match.index), lang: undefined });
    runs.push({ text: match[0], lang: ARABIC_ONLY.test(match[0]) ? "ar" : "ur" });
    end = match.index + match[0].length;
  }
  if (end < text.length) runs.push({ text: text.slice(end), lang: undefined });
  return runs;
}
