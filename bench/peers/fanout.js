// The peer: Node's socket.io with default settings and a JWT library; each byte on the control port sends one event.
import { createServer } from "node:http";
import { createServer as createControl } from "node:net";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const [port, control, secret, issuer, audience, text] = process.argv.slice(2);
const body = JSON.parse(text);
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
io.on("connection", (socket) => {
  socket.on("stream:join", (request, ack) => {
    socket.join(`station:${request.station}`);
    ack({ ok: true });
  });
});

const commands = createControl((connection) => {
  connection.on("data", (bytes) => {
    for (let left = bytes.length; left > 0; left -= 1) {
      body.seq += 1;
      body.at = Date.now();
      io.to("station:awaz").emit("stream:metadata", body);
    }
  });
  connection.on("error", () => undefined);
});
http.listen(Number(port), "127.0.0.1", () => {
  commands.listen(Number(control), "127.0.0.1", () => console.log("ready"));
});
