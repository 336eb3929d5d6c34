// Follow a station, and catch up after a lost connection or an expired token.
import { io } from "socket.io-client";

const url = process.env.AWAZ ?? "http://127.0.0.1:8080";
let session = await post("auth/guest", {});
let seen = {};

// Asked before every connection, so that each begins with the newest token.
const auth = (send) => send({ token: session.access_token });
const socket = io(url, { transports: ["websocket"], auth });

socket.on("connect", async () => {
  const answer = await socket.emitWithAck("stream:join", { station: "awaz", ...seen });
  if (!answer.ok) throw new Error(answer.error.message);
  for (const { event, data } of answer.missed) console.log("missed", event, data.seq);
  const { epoch, seq, on_air, metadata } = answer.snapshot;
  console.log(on_air, "·", metadata?.track.title ?? "nothing");
  seen = { epoch, last_seq: seq };
});

socket.on("stream:metadata", ({ epoch, seq, track }) => {
  if (epoch === seen.epoch && seq <= seen.last_seq) return; // it was in the snapshot
  seen = { epoch, last_seq: seq };
  console.log("now", "·", track.title);
});

socket.on("auth:expired", async () => {
  await renew();
  await socket.emitWithAck("auth:refresh", { token: session.access_token });
});

// socket.io-client does not try again by itself after a refused token.
socket.on("connect_error", async (error) => {
  if (error.data?.code !== "unauthenticated") return;
  await renew();
  socket.connect();
});

async function renew() {
  const next = await post("auth/refresh", { refresh_token: session.refresh_token });
  session = { ...session, ...next };
}

async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${url}/api/v1/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}
