import type { AnyMessage, PlayView, Snapshot, Track } from "../src/client/wire.ts";

export function track(title: string, artist = ""): Track {
  return { id: `${title}/${artist}`, title, artist };
}

export function play(title: string, started_at: number): PlayView {
  return { title, artist: "", kind: "autodj", started_at };
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
      on_air: "autodj",
      listeners: 3,
      stream_url: "http://127.0.0.1:8000/awaz.mp3",
      urls: {},
      page_url: "",
    },
    on_air: "autodj",
    listeners: { listeners: 3, peak: 4, sockets: 1, stale: false },
    history: [],
    epoch: "e1",
    seq: 7,
    server_time: 0,
    ...overrides,
  };
}
