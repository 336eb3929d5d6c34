import { createNanoEvents } from "nanoevents";
import { Chat, type ChatTransport } from "./chat.ts";
import { Together } from "./together.ts";
import type { AwazError } from "./errors.ts";
import { heardNow, lagSince } from "./heard-chat.ts";
import { isKnown, type AnyMessage, type DataOf, type StationEvent } from "./messages.ts";
import { withLikes, type StationState } from "./state.ts";
import type { LikeTarget } from "../wire/schema.ts";
import type { Readable } from "./store.ts";
import type { Recovery, SubscriptionHandlers } from "./subscription.ts";

type StationListeners = { [Name in StationEvent]: (data: DataOf<Name>) => void } & {
  /** The station was joined again after an interruption. */
  recovered: (recovery: Recovery) => void;
};

/** Joins a station, going on from a state if one is known; returns a function that leaves it. */
export type Join = (handlers: Omit<SubscriptionHandlers, "snapshot">, known: StationState | undefined) => () => void;

/** A station. It is joined while somebody listens to it. */
export class Station implements Readable<StationState | undefined> {
  readonly slug: string;
  /** The server's time, in unix milliseconds. */
  readonly now: () => number;
  readonly chat: Chat;
  readonly together: Together;
  readonly #join: Join;
  readonly #transport: ChatTransport;
  readonly #changes = new Set<() => void>();
  readonly #events = createNanoEvents<StationListeners>();
  #listeners = 0;
  #state: StationState | undefined;
  #problem: AwazError | undefined;
  #leave: (() => void) | undefined;

  constructor(slug: string, now: () => number, join: Join, known: StationState | undefined, transport: ChatTransport) {
    this.slug = slug;
    this.now = now;
    this.#join = join;
    this.#state = known;
    this.#transport = transport;
    this.chat = new Chat(slug, transport, (end) => this.#listen(end));
    this.together = new Together(slug, transport, (end) => this.#listen(end));
  }

  /** The live state, undefined until it is known; each change is a new object. */
  get state(): StationState | undefined {
    return this.#state;
  }

  /** Why the station cannot be joined: "not_found", or "banned" with the server's reason as its message. */
  get problem(): AwazError | undefined {
    return this.#problem;
  }

  /** Like a play, a show or the station, or take that back; throws AwazError. */
  async like(target: LikeTarget, on = true): Promise<void> {
    const body = { station: this.slug, target, ...(on ? this.#lag : { undo: true }) };
    const { count } = await this.#transport.request("interaction:like", body);
    if (this.#state && target.kind === "play") this.#change(withLikes(this.#state, target.id, count), this.#problem);
  }

  get #lag() {
    return lagSince(this.#transport, heardNow(this.#transport));
  }

  /** Call `listener` after each change of `state` or `problem`; returns a function that ends that. */
  subscribe(listener: () => void): () => void {
    this.#changes.add(listener);
    return this.#listen(() => this.#changes.delete(listener));
  }

  /** Call `listener` with each event of a name; returns a function that ends that. */
  on<Name extends keyof StationListeners>(event: Name, listener: StationListeners[Name]): () => void {
    return this.#listen(this.#events.on(event, listener));
  }

  #listen(end: () => void): () => void {
    this.#listeners += 1;
    this.#leave ??= this.#join(this.#handlers, this.#state);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      end();
      this.#listeners -= 1;
      // An element that is moved ends listening and begins again.
      setTimeout(() => this.#leaveIfAlone());
    };
  }

  #leaveIfAlone(): void {
    if (this.#listeners > 0) return;
    this.#leave?.();
    this.#leave = undefined;
    this.#state = undefined;
    this.#problem = undefined;
    this.chat.update(undefined, true);
  }

  readonly #handlers: Parameters<Join>[0] = {
    state: (state) => this.#change(state, undefined),
    refused: (problem) => this.#change(problem.code === "banned" ? this.#state : undefined, problem),
    event: (message) => this.#emit(message),
    chat: (state, isSnapshot) => this.chat.update(state, isSnapshot),
    joined: () => {
      this.chat.joined();
      this.together.joined();
    },
    recovered: (recovery) => this.#events.emit("recovered", recovery),
  };

  #change(state: StationState | undefined, problem: AwazError | undefined): void {
    this.#state = state;
    this.#problem = problem;
    this.#changes.forEach((listener) => listener());
  }

  #emit(message: AnyMessage): void {
    if (!isKnown(message)) return;
    this.chat.take(message);
    this.#events.events[message.event]?.forEach((listener) => listener(message.data as never));
  }
}
