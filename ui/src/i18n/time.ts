import { formatLocale } from "./locale.ts";

/** By locale and options: making one takes half a millisecond, and a list has dozens of times. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** "4:07", or "1:02:03" for an hour or more. */
export function clockText(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  const seconds = String(total % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

export function timeOfDay(at: number): string {
  return dateText(at, { hour: "numeric", minute: "2-digit" });
}

/** A date and time in the page's language, with the year unless it is the current one. */
export function dayAndTime(at: number, now: number = Date.now()): string {
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateText(at, {
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
    ...(!thisYear && { year: "numeric" }),
  });
}

/** The time of day, with the date unless it is of the same day as `now`. */
export function whenText(at: number, now: number = Date.now()): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? timeOfDay(at) : dayAndTime(at, now);
}

function dateText(at: number, options: Intl.DateTimeFormatOptions): string {
  const locale = formatLocale();
  const key = locale + JSON.stringify(options);
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, options);
  formats.set(key, format);
  return format.format(at);
}

export function numberText(value: number): string {
  return value.toLocaleString(formatLocale());
}

/** A span in minutes or hours. */
export function spanText(minutes: number): string {
  const [value, unit] = minutes < 60 ? [minutes, "minute"] : [minutes / 60, "hour"];
  return value.toLocaleString(formatLocale(), { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** A size in megabytes or gigabytes. */
export function sizeText(bytes: number): string {
  const [value, unit] = bytes >= 1e9 ? [bytes / 1e9, "gigabyte"] : [bytes / 1e6, "megabyte"];
  return value.toLocaleString(formatLocale(), { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 });
}

export function percentText(share: number): string {
  return share.toLocaleString(formatLocale(), { style: "percent" });
}

/** A day, with the year unless it is the current one. */
export function dayText(at: number, now: number = Date.now()): string {
  const thisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return dateText(at, {
    weekday: "long",
    day: "numeric",
    month: "long",
    ...(!thisYear && { year: "numeric" }),
  });
}
