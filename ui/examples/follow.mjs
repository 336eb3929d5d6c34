// Follow a station, and catch up after a lost connection, a restart of the server or an expired token.
import { io } from "socket.io-client";

const url = process.env.AWAZ ?? "http://127.0.0.1:8080";
let session = await post("auth/guest", {});
let seen = {};

// Asked before every connection, so that each begins with the newest token. We reconnect ourselves.
const auth = (send) => send({ token: session.access_token });
const socket = io(url, { transports: ["websocket"], reconnection: false, auth });

socket.on("connect", () => join().catch(() => socket.disconnect()));

socket.on("stream:metadata", ({ epoch, seq, track }) => {
  if (epoch === seen.epoch && seq <= seen.last_seq) return; // it was in the snapshot
  seen = { epoch, last_seq: seq };
  console.log("now", "·", track.title);
});

let wait = 0;
let attempts = 0;
socket.on("server:going_away", ({ retry_after_ms }) => (wait = retry_after_ms));
socket.on("auth:expired", () => renew().catch(() => socket.disconnect()));
socket.on("disconnect", () => setTimeout(reconnect, wait + backoff()));
socket.on("connect_error", ({ data }) => {
  const refused = data && !data.retryable && data.code !== "unauthenticated";
  if (refused) throw new Error(data.message); // a ban, or a fault of this program
  setTimeout(reconnect, (data?.retry_after ?? 0) * 1000 + backoff(), data?.code);
});

async function join() {
  const answer = await socket.emitWithAck("stream:join", { station: "awaz", ...seen });
  if (!answer.ok) throw new Error(answer.error.message);
  for (const { event, data } of answer.missed) console.log("missed", event, data.seq);
  const { epoch, seq, on_air, metadata } = answer.snapshot;
  console.log(on_air, "·", metadata?.track.title ?? "nothing");
  seen = { epoch, last_seq: seq };
  [wait, attempts] = [0, 0];
}

/** A random time that grows with each failure, up to half a minute. */
function backoff() {
  return Math.random() * Math.min(30_000, 1000 * 2 ** attempts++);
}

async function reconnect(code) {
  if (code === "unauthenticated") await renew().catch(() => undefined);
  socket.connect();
}

async function renew() {
  const next = await post("auth/refresh", { refresh_token: session.refresh_token });
  session = { ...session, ...next };
  if (socket.connected) await socket.emitWithAck("auth:refresh", { token: session.access_token });
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${url}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}
