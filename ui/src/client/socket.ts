import { io, type Socket } from "socket.io-client";

/** The subset of a socket.io socket that is used. */
export type SocketLike = Pick<Socket, "connected" | "on" | "onAny" | "timeout" | "connect" | "disconnect">;

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
