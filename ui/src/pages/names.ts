import { callApi } from "../client/http.ts";
import type { StationView } from "../client/wire.ts";

const ASK_AGAIN_MS = 30_000;

/** Station names by slug, which the live list does not carry. */
export class StationNames {
  names: ReadonlyMap<string, string> = new Map();
  readonly #changed: () => void;
  #askedAt = -Infinity;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** See to it that these have names; without one a station goes by its slug. */
  need(slugs: readonly string[]): void {
    const now = Date.now();
    if (now - this.#askedAt < ASK_AGAIN_MS || slugs.every((slug) => this.names.has(slug))) return;
    this.#askedAt = now;
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      const { stations } = await callApi<{ stations: StationView[] }>("stations");
      this.names = new Map(stations.map(({ slug, name }) => [slug, name]));
      this.#changed();
    } catch {
      // Slugs do until the next time.
    }
  }
}
