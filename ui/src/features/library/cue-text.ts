/** A place in a track, as minutes, seconds and tenths: "1:02.3". */
export function placeText(milliseconds: number): string {
  const tenths = Math.round(milliseconds / 100);
  const seconds = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${seconds.toFixed(1).padStart(4, "0")}`;
}

/** The milliseconds of a place that was typed, such as "1:02.3" or "62.3"; undefined if it is none. */
export function placeOf(text: string): number | undefined {
  const found = /^(?:(\d{1,3}):)?(\d{1,4}(?:[.,]\d{1,3})?)$/.exec(text.trim());
  if (!found) return undefined;
  const [, minutes = "0", seconds = "0"] = found;
  return Math.round((Number(minutes) * 60 + Number(seconds.replace(",", "."))) * 1000);
}
