// The peer of the chat: each message is committed to SQLite, flushed to disk, and then sent to the room, its sender's ack last.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import Database from "better-sqlite3";
import jwt from "jsonwebtoken";
import { Server } from "socket.io";

const [port, , secret, issuer, audience, path] = process.argv.slice(2);
const database = new Database(path);
// As the daemon's own database: a write-ahead log, each commit on disk.
database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
database.exec(`CREATE TABLE messages (
  id TEXT PRIMARY KEY, station TEXT NOT NULL, user_id TEXT NOT NULL, client_id TEXT NOT NULL, name TEXT NOT NULL,
  text TEXT NOT NULL, at INTEGER NOT NULL, seq INTEGER NOT NULL, UNIQUE (user_id, client_id)
)`);
const add = database.prepare("INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
const http = createServer();
const io = new Server(http, { transports: ["websocket"], serveClient: false });
let seq = 0;

io.use((socket, next) => {
  try {
    const claims = jwt.verify(socket.handshake.auth.token, secret, { algorithms: ["HS256"], issuer, audience });
    socket.data.user = { id: claims.sub, name: claims.name, role: "guest" };
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
  socket.on("chat:send", ({ station, text, client_id }, ack) => {
    const { user } = socket.data;
    const [id, at] = [randomUUID(), Date.now()];
    seq += 1;
    add.run(id, station, user.id, client_id, user.name, text, at, seq);
    io.to(`station:${station}`).emit("chat:message", { station, epoch: "e", seq, at, id, user, text, client_id });
    ack({ ok: true, id, at, seq });
  });
});
http.listen(Number(port), "127.0.0.1", () => console.log("ready"));
