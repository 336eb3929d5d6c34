import type { Snapshot, WatchAnswer } from "../wire/schema.ts";

/** The state that the server put into the page when it sent it. */
export interface Boot {
  readonly directory?: WatchAnswer;
  /** The station that the page is about. */
  readonly slug?: string;
  readonly snapshot?: Snapshot;
}

export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  if (!text) return {};
  const boot = JSON.parse(text) as Boot;
  // A page that the browser goes back to may be hours old.
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (navigation?.type !== "back_forward") return boot;
  return boot.slug === undefined ? {} : { slug: boot.slug };
}
