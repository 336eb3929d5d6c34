import { io, type Socket } from "socket.io-client";

/** The part of a socket.io socket that is used. */
export type BareSocket = Pick<Socket, "connected" | "on" | "onAny" | "timeout" | "connect" | "disconnect">;

/** A socket to open; each handshake asks for the token anew. */
export type MakeSocket = (token: () => string) => BareSocket;

/** Sockets to a server, the page's own without an address. Each comes back only when it is told to. */
export function socketsTo(url: string | undefined): MakeSocket {
  return (token) => {
    const options = {
      path: "/socket.io/",
      transports: ["websocket"],
      reconnection: false,
      autoConnect: false,
      forceNew: true,
      auth: (give: (auth: object) => void) => give({ token: token() }),
    };
    return url ? io(url, options) : io(options);
  };
}
