import type { AwazClient } from "../sdk/client.ts";
import type { GuestSession } from "../sdk/session.ts";
import { forget } from "./kept.ts";
import type { Writer } from "./station-chat.ts";

/** The guest who listens on a page: how they write in chats, under which name, and what is left when they erase that. */
export class Guest {
  readonly #session: GuestSession;
  readonly #client: AwazClient;
  readonly #changed: () => void;

  /** `changed` is called when the guest has another name, or is another person. */
  constructor(session: GuestSession, client: AwazClient, changed: () => void) {
    this.#session = session;
    this.#client = client;
    this.#changed = changed;
  }

  get writer(): Writer {
    const { id, name } = this.#session.user ?? {};
    return { userId: id, name, isStaff: false, rename: this.#rename };
  }

  /** Begin as another guest, once the first one is erased. */
  readonly begin = (): void => {
    this.#session.clear();
    forget("awaz.chat.draft.", "awaz.chat.named", "awaz.liked.");
    this.#client.forget();
    this.#client.close();
    this.#client.connect();
    this.#changed();
  };

  readonly #rename = async (name: string): Promise<void> => {
    await this.#session.rename(name);
    await this.#client.refreshToken();
    this.#changed();
  };
}
