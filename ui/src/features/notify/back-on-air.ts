import { msg, str } from "@lit/localize";
import type { DigestEntry } from "../../wire/schema.ts";

/** Stations that the listener wants to be told about once they are back on air, for as long as the page is open. */
export class BackOnAir {
  /** Names by slug. */
  readonly #awaited = new Map<string, string>();

  isAwaited(slug: string): boolean {
    return this.#awaited.has(slug);
  }

  /** Ask the browser whether the page may notify, and remember the station if so; returns whether it may. */
  async ask(slug: string, name: string): Promise<boolean> {
    const isAllowed = (await Notification.requestPermission()) === "granted" && canNotify();
    if (isAllowed) this.#awaited.set(slug, name);
    return isAllowed;
  }

  /** Take in what is on air. */
  update(stations: readonly Pick<DigestEntry, "station" | "on_air">[]): void {
    for (const { station, on_air } of stations) {
      const name = this.#awaited.get(station);
      if (name === undefined || on_air === "offair") continue;
      this.#awaited.delete(station);
      new Notification(msg(str`${name} is on air.`), {
        icon: `/s/${station}/icon.png?size=192`,
        tag: `awaz-${station}`,
      });
    }
  }
}

/** Whether a page may show notifications of its own: Chrome on Android shows those of installed workers alone. */
function canNotify(): boolean {
  try {
    new Notification("", { silent: true }).close();
    return true;
  } catch {
    return false;
  }
}
