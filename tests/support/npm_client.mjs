// socket.io-client as anybody installs it, played by commands: one JSON a line comes in, one JSON a line goes out.
// In: {number, verb, socket, …}. Out: {number, value} or {number, error}, and {socket, event, args} as things happen.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const ui = createRequire(pathToFileURL(process.argv[2]));
const { io } = ui("socket.io-client");
const sockets = new Map();

const say = (message) => process.stdout.write(JSON.stringify(message) + "\n");

const told = (error) => ({
  message: error.message,
  data: error.data,
  status: Number.isInteger(error.description) ? error.description : undefined,
  said: error.context?.responseText,
});

function open({ socket: name, url, options, tokens }) {
  const tell = (event, ...args) => say({ socket: name, event, args });
  if (tokens) {
    options.auth = (answer) => {
      tell("(auth)");
      answer({ token: tokens.length > 1 ? tokens.shift() : tokens[0] });
    };
  }
  const socket = io(url, options);
  sockets.set(name, socket);
  socket.on("connect", () => tell("(connect)", socket.id));
  socket.on("connect_error", (error) => tell("(connect_error)", told(error)));
  socket.on("disconnect", (reason) => tell("(disconnect)", reason));
  socket.io.on("reconnect_attempt", (attempt) => tell("(reconnect_attempt)", attempt));
  socket.onAny((event, ...args) => tell(event, ...args));
  let sent = 0;
  socket.onAnyOutgoing(() => tell("(sent)", ++sent));
}

const verbs = {
  open,
  emit: ({ socket, event, args }) => void sockets.get(socket).emit(event, ...args),
  emitBytes: ({ socket, event }) => void sockets.get(socket).emit(event, { bytes: Uint8Array.of(1, 2, 3) }),
  call: ({ socket, event, args }) => sockets.get(socket).emitWithAck(event, ...args),
  callBytes: ({ socket, event }) => sockets.get(socket).emitWithAck(event, Uint8Array.of(1, 2, 3)),
  callWithin: ({ socket, event, args, ms }) => sockets.get(socket).timeout(ms).emitWithAck(event, ...args),
  callVolatile: ({ socket, event, args }) => sockets.get(socket).volatile.emitWithAck(event, ...args),
  connect: ({ socket }) => void sockets.get(socket).connect(),
  disconnect: ({ socket }) => void sockets.get(socket).disconnect(),
  loseConnection: ({ socket }) => void sockets.get(socket).io.engine.close(),
  state: ({ socket }) => {
    const { id, connected, active } = sockets.get(socket);
    return { id, connected, active };
  },
  share: ({ socket, other }) => sockets.get(socket).io === sockets.get(other).io,
};

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  const { number, verb, ...rest } = JSON.parse(line);
  try {
    say({ number, value: (await verbs[verb](rest)) ?? null });
  } catch (error) {
    say({ number, error: error.message });
  }
});
lines.on("close", () => process.exit(0));
