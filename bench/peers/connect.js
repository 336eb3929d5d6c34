// The peer: Node's socket.io with a JWT library, which only verifies the token before it accepts a socket.
import { createServer } from "node:http";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const [port, secret, issuer, audience] = process.argv.slice(2);
const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });

io.use((socket, next) => {
  try {
    const claims = jwt.verify(socket.handshake.auth.token, secret, { algorithms: ["HS256"], issuer, audience });
    socket.data.user = claims.sub;
    next();
  } catch {
    next(new Error("unauthenticated"));
  }
});
io.on("connection", () => undefined);
http.listen(Number(port), "127.0.0.1", () => console.log("ready"));
