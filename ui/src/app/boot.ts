import type { DigestEntry, Snapshot } from "../wire/schema.ts";

/** What the server put into the page, as it was when the page was sent. */
export interface Boot {
  readonly stations?: readonly DigestEntry[];
  /** The station that the page is about. */
  readonly slug?: string;
  readonly snapshot?: Snapshot;
}

export function readBoot(): Boot {
  const text = document.getElementById("boot")?.textContent;
  return text ? (JSON.parse(text) as Boot) : {};
}
