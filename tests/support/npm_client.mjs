// The npm package socket.io-client, driven by one JSON command a line on stdin; results and events go to stdout.
// In: {id, verb, socket, …}. Out: {id, value} or {id, error} for each command, and {socket, event, args} for each event.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const ui = createRequire(pathToFileURL(process.argv[2]));
const { io } = ui("socket.io-client");
const sockets = new Map();

const send = (message) => process.stdout.write(JSON.stringify(message) + "\n");

const describe = (error) => ({
  message: error.message,
  data: error.data,
  status: Number.isInteger(error.description) ? error.description : undefined,
  response: error.context?.responseText,
});

function open({ socket: name, url, options, tokens }) {
  const report = (event, ...args) => send({ socket: name, event, args });
  if (tokens) {
    options.auth = (callback) => {
      report("(auth)");
      callback({ token: tokens.length > 1 ? tokens.shift() : tokens[0] });
    };
  }
  const socket = io(url, options);
  sockets.set(name, socket);
  socket.on("connect", () => report("(connect)", socket.id));
  socket.on("connect_error", (error) => report("(connect_error)", describe(error)));
  socket.on("disconnect", (reason, details) => {
    report("(disconnect)", reason);
    report("(close_code)", details?.context?.code);
  });
  socket.io.on("reconnect_attempt", (attempt) => report("(reconnect_attempt)", attempt));
  socket.onAny((event, ...args) => report(event, ...args));
  let sent = 0;
  socket.onAnyOutgoing(() => report("(sent)", ++sent));
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
  const { id, verb, ...rest } = JSON.parse(line);
  try {
    send({ id, value: (await verbs[verb](rest)) ?? null });
  } catch (error) {
    send({ id, error: error.message });
  }
});
lines.on("close", () => process.exit(0));
