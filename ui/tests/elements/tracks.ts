import type { TrackView } from "../../src/wire/schema.ts";

/** A track as the API shows it. */
export function trackView(number: number, more: Partial<TrackView> = {}): TrackView {
  return {
    id: `t${number}`,
    title: `Song ${number}`,
    artist: "شام",
    album: "",
    genre: "",
    isrc: "",
    label: "",
    duration_ms: 62_000,
    format: "mp3",
    codec: "mp3",
    bitrate_kbps: 192,
    size: 1_000_000,
    file_name: `${number}.mp3`,
    added_by: "Sara",
    added_at: 1_767_225_600_000,
    measured: "done",
    gain_db: 0,
    cue_in_ms: 0,
    plays: 0,
    ...more,
  };
}
