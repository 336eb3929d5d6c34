import type { Snapshot, WatchAnswer } from "../wire/schema.ts";

/** The state that the server put into the page when it sent it. */
export interface Boot {
  readonly directory?: WatchAnswer;
  /** The station that the page is about. */
  readonly slug?: string;
  readonly snapshot?: Snapshot;
  /** The language of the station that the page is about. */
  readonly language?: string;
}

export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  if (!text) return {};
  const sent = JSON.parse(text) as Omit<Boot, "language">;
  const language = sent.snapshot?.station.language;
  const boot = language ? { ...sent, language } : sent;
  // A page that the browser goes back to may be hours old.
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation?.type !== "back_forward") return boot;
  const { slug } = boot;
  return { ...(slug !== undefined && { slug }), ...(language && { language }) };
}
