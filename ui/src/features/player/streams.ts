import type { StreamView } from "../../wire/schema.ts";

export type Format = StreamView["format"];
export type Stream = Pick<StreamView, "format" | "url" | "bitrate_kbps" | "burst_ms">;

const MEDIA_TYPES: Record<Format, string> = { mp3: "audio/mpeg", aac: "audio/aac" };

/** From best to worst. Browsers start AAC sooner after its beginning, and so play closer to the studio. */
const PREFERENCE: readonly Format[] = ["aac", "mp3"];

/** Those streams that the browser can play, in the order in which to try them; the listener's choice comes first. */
export function playable<T extends Stream>(
  streams: readonly T[],
  canPlay: (mediaType: string) => string,
  chosen?: Format,
): readonly T[] {
  const rank = ({ format }: Stream) => (format === chosen ? -1 : PREFERENCE.indexOf(format));
  return streams.filter(({ format }) => canPlay(MEDIA_TYPES[format]) !== "").sort((a, b) => rank(a) - rank(b));
}

/** Whether two lists name the same addresses. */
export function isSame(a: readonly Stream[], b: readonly Stream[]): boolean {
  return a.length === b.length && a.every(({ url }, index) => url === b[index]?.url);
}
