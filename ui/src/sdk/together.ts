import { AwazError } from "./errors.ts";
import type { DataOf, SendRequest } from "./messages.ts";
import type { TogetherMember } from "../wire/schema.ts";

/** The client, as a room needs it. */
export interface RoomTransport {
  readonly request: SendRequest;
  /** One listens together at one station at a time. */
  leaveOtherRooms(): void;
}

/** People who listen to a station together: whoever has the key of the room is in. */
export class Together {
  readonly #slug: string;
  readonly #transport: RoomTransport;
  readonly #keep: (end: () => void) => () => void;
  readonly #changes = new Set<() => void>();
  #key: string | undefined;
  #members: readonly TogetherMember[] = [];
  #marked: DataOf<"together:marked"> | undefined;
  #problem: AwazError | undefined;

  /** `keep` has the station joined until the function that it returns is called, which calls `end`. */
  constructor(slug: string, transport: RoomTransport, keep: (end: () => void) => () => void) {
    this.#slug = slug;
    this.#transport = transport;
    this.#keep = keep;
  }

  /** The room's key; undefined while one listens alone. */
  get key(): string | undefined {
    return this.#key;
  }

  /** Everybody in the room, in the order in which they came. */
  get members(): readonly TogetherMember[] {
    return this.#members;
  }

  /** The moment that somebody marked last. */
  get marked(): DataOf<"together:marked"> | undefined {
    return this.#marked;
  }

  /** Why the room cannot be entered. */
  get problem(): AwazError | undefined {
    return this.#problem;
  }

  /** Call `listener` after each change; returns a function that ends that. */
  subscribe(listener: () => void): () => void {
    this.#changes.add(listener);
    return this.#keep(() => this.#changes.delete(listener));
  }

  /** Enter a room, by a key that others have or one of one's own. */
  async enter(key: string): Promise<void> {
    this.#transport.leaveOtherRooms();
    this.#key = key;
    this.#marked = this.#problem = undefined;
    this.#notify();
    await this.#join();
  }

  async leave(): Promise<void> {
    this.left();
    // Without a connection, one is out already.
    await this.#transport.request("together:leave", { station: this.#slug }).catch(() => undefined);
  }

  /** The room was left: for another one, which the server knows by that. */
  left(): void {
    if (this.#key === undefined) return;
    this.#key = undefined;
    this.#members = [];
    this.#notify();
  }

  /** Mark this moment for everybody; throws AwazError. */
  async mark(): Promise<void> {
    if (this.#key !== undefined)
      await this.#transport.request("together:mark", { station: this.#slug, room: this.#key });
  }

  /** The station was joined, by a socket that is in no room yet. */
  joined(): void {
    if (this.#key !== undefined) void this.#join();
  }

  /** Take an event of the room; one that comes late is of a room that was left. */
  take(data: DataOf<"together:members"> | DataOf<"together:marked">): void {
    if (this.#key === undefined) return;
    if ("members" in data) this.#members = data.members;
    else this.#marked = data;
    this.#notify();
  }

  async #join(): Promise<void> {
    const key = this.#key;
    if (key === undefined) return;
    try {
      const { members } = await this.#transport.request("together:join", { station: this.#slug, room: key });
      if (this.#key !== key) return;
      this.#members = members;
      this.#problem = undefined;
    } catch (error) {
      // Without an answer, the next connection asks again.
      if (!(error instanceof AwazError) || this.#key !== key) return;
      this.#problem = error;
    }
    this.#notify();
  }

  #notify(): void {
    this.#changes.forEach((listener) => listener());
  }
}

/** A key that nobody guesses, for a new room. */
export function newRoomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(15));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}
