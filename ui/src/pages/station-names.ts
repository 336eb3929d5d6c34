import { to } from "../client/api.ts";
import { callApi } from "../client/http.ts";

const RETRY_MS = 30_000;

/** Loads station names, which the directory does not contain. */
export class StationNames {
  names: ReadonlyMap<string, string> = new Map();
  readonly #onChange: () => void;
  #requestedAt = -Infinity;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Load the names unless all are present. A station without a name is shown by its slug. */
  load(slugs: readonly string[]): void {
    const now = Date.now();
    if (now - this.#requestedAt < RETRY_MS || slugs.every((slug) => this.names.has(slug))) return;
    this.#requestedAt = now;
    void this.#request();
  }

  async #request(): Promise<void> {
    try {
      const { stations } = await callApi(to("GET /api/v1/stations", {}));
      this.names = new Map(stations.map(({ slug, name }) => [slug, name]));
      this.#onChange();
    } catch {
      // Slugs are shown until the next request.
    }
  }
}
