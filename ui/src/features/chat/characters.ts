/** Longest message, in what people take for characters; the server counts the same. */
export const MAX_CHARACTERS = 500;

/** How many characters a text has, as people count them and the server does. */
export function characters(text: string): number {
  const line = text.normalize("NFC").trim().replace(/\s+/gu, " ");
  return Array.from(new Intl.Segmenter().segment(line)).length;
}
