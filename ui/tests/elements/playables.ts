import type { Playable } from "../../src/features/player/playback.ts";

export const mp3 = { format: "mp3", url: "/nothing-here.mp3", bitrate_kbps: 128, burst_ms: 9000 } as const;
export const aac = { format: "aac", url: "/nothing-here.aac", bitrate_kbps: 128, burst_ms: 4608 } as const;
export const station: Playable = { slug: "awaz", name: "Awaz", onAir: true, streams: [mp3] };
