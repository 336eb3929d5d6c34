import { io, type Socket } from "socket.io-client";
import type { Refusal } from "../wire/schema.ts";
import type { ClientEvents, ServerEvents } from "../wire/events.ts";
import type { AnswerOf, BodyOf, ClientEvent } from "./messages.ts";

/** The subset of a socket.io socket that is used. */
export interface SocketLike extends Pick<
  Socket<ServerEvents, ClientEvents>,
  "connected" | "on" | "onAny" | "connect" | "disconnect"
> {
  timeout(milliseconds: number): {
    emitWithAck<Name extends ClientEvent>(event: Name, body: BodyOf<Name>): Promise<AnswerOf<Name> | Refusal>;
  };
}

/** Creates a socket; `token` is called before each handshake. */
export type CreateSocket = (token: () => string) => SocketLike;

/** A socket factory for a server, by default the page's own. Its sockets connect and reconnect on request only. */
export function socketFactory(url: string | undefined): CreateSocket {
  return (token) => {
    const options = {
      path: "/socket.io/",
      transports: ["websocket"],
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      auth: (callback: (auth: object) => void) => callback({ token: token() }),
    };
    return url ? io(url, options) : io(options);
  };
}
