import { ContextConsumer, createContext, type Context } from "@lit/context";
import type { ReactiveControllerHost } from "lit";
import type { Chat } from "../sdk/chat.ts";
import type { LoginSession } from "../sdk/login.ts";
import type { StationState } from "../sdk/state.ts";
import type { Readable } from "../sdk/store.ts";
import type { TokenSource } from "../sdk/tokens.ts";
import type { LikeTarget, Reactions } from "../wire/schema.ts";
import type { Permissions } from "./permissions.ts";

/** A station as a page shows it: as it is now, or, while it plays there, as it is heard. */
export interface ShownStation extends Readable<StationState | undefined> {
  readonly slug: string;
  /** The server's time of what is shown, in unix milliseconds. */
  now(): number;
}

/** The signed-in user, with their permissions at the page's station. */
export interface Viewer {
  readonly userId: string;
  readonly permissions: Permissions;
}

/** The chat of the page's station, and the person who writes in it here. */
export interface ChatPlace {
  readonly slug: string;
  readonly chat: Chat;
  /** The person's id and name on the platform; undefined until they are known. */
  readonly userId: string | undefined;
  readonly name: string | undefined;
  /** Whether the person moderates the chat. */
  readonly isStaff: boolean;
  /** Has the person go by another name; undefined for those with an account. */
  readonly rename?: (name: string) => Promise<void>;
  /** The server's time, in unix milliseconds. */
  now(): number;
  /** Call `listener` with everybody's reactions of a second; returns a function that ends that. */
  onReactions(listener: (counts: Reactions["counts"]) => void): () => void;
}

/** Likes something of the page's station, or takes that back. */
export type LikeIt = (target: LikeTarget, on: boolean) => Promise<void>;

/** The tokens for requests; another value for each time that somebody signs in, so that what failed is asked again. */
export const sessionContext = createContext<TokenSource>("awaz-session");
/** The session that forms sign in to and out of. */
export const loginContext = createContext<LoginSession>("awaz-login");
/** The station that the page is about. */
export const stationContext = createContext<ShownStation | undefined>("awaz-station");
export const chatContext = createContext<ChatPlace | undefined>("awaz-chat");
export const likesContext = createContext<LikeIt | undefined>("awaz-likes");
export const viewerContext = createContext<Viewer | undefined>("awaz-viewer");

export type ElementHost = ReactiveControllerHost & HTMLElement;

/** What the page around an element provides; the element is rendered again when it is replaced. */
export class FromPage<T> {
  readonly #consumer: ContextConsumer<Context<unknown, T>, ElementHost>;
  readonly #host: ElementHost;

  constructor(host: ElementHost, context: Context<unknown, T>) {
    this.#host = host;
    this.#consumer = new ContextConsumer(host, { context, subscribe: true });
  }

  get value(): NonNullable<T> {
    const { value } = this.#consumer;
    if (value === undefined || value === null) {
      throw new Error(`<${this.#host.localName}> is not on a page that provides what it needs.`);
    }
    return value;
  }

  get optional(): T | undefined {
    return this.#consumer.value;
  }
}
