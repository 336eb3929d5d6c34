import type { AnyMessage } from "../src/sdk/messages.ts";
import type { ChatMessageView, MissedEvent, PlayView, Snapshot, Track } from "../src/wire/schema.ts";

export function track(title: string, artist = ""): Track {
  return { id: `${title}/${artist}`, title, artist };
}

export function play(title: string, started_at: number): PlayView {
  return { play_id: title, title, artist: "", kind: "autodj", started_at };
}

export function missed(title: string, seq: number): MissedEvent {
  const data = {
    station: "awaz",
    epoch: "e1",
    seq,
    at: 0,
    play_id: title,
    kind: "autodj" as const,
    track: track(title),
    started_at: seq * 1000,
  };
  return { event: "stream:metadata", data };
}

export function message(event: string, seq: number, data: object, at = 0): AnyMessage {
  return { event, data: { ...data, station: "awaz", epoch: "e1", seq, at } };
}

export function snapshot(overrides: Partial<Snapshot> = {}): Snapshot {
  return {
    station: {
      slug: "awaz",
      name: "Awaz",
      description: "",
      language: "",
      links: [],
      on_air: "autodj",
      listeners: 3,
      stream_url: "http://127.0.0.1:8000/awaz.mp3",
      urls: {},
      streams: [],
      page_url: "",
    },
    on_air: "autodj",
    listeners: { listeners: 3, peak: 4, sockets: 1, stale: false },
    quality: { state: "good", bitrate_kbps: 128, silence_ms: 0, reasons: [] },
    history: [],
    likes: {},
    station_likes: 0,
    chat: {
      epoch: "c1",
      seq: 0,
      messages: [],
      mode: { slow_s: 0, who: "everybody", links: "allow", off_air: true, hold_new: false },
    },
    epoch: "e1",
    seq: 7,
    server_time: 0,
    ...overrides,
  };
}

/** A message of a chat. */
export function said(text: string, seq: number, name = "Bilal"): ChatMessageView {
  return {
    id: `m${seq}`,
    user: { id: `guest:${name}`, name, role: "guest" },
    text,
    client_id: `00000000-0000-4000-8000-${String(seq).padStart(12, "0")}`,
    at: seq,
    seq,
  };
}

/** The event that it was accepted. */
export function wrote(text: string, seq: number, name = "Bilal"): AnyMessage {
  const { at, ...body } = said(text, seq, name);
  return { event: "chat:message", data: { station: "awaz", epoch: "c1", at, ...body, seq } };
}
