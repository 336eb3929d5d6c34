// Follow a station, and catch up after a lost connection.
import { io } from "socket.io-client";

const url = process.env.AWAZ ?? "http://127.0.0.1:8080";
const guest = await (await fetch(`${url}/api/v1/auth/guest`, { method: "POST" })).json();
const socket = io(url, { transports: ["websocket"], auth: { token: guest.access_token } });
let seen = {};

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
