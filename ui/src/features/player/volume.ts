import { keep, kept } from "../../app/kept.ts";

const KEY = "awaz.volume";

/** The stored volume, from 0 to 1. */
export function loadVolume(): number {
  const volume = Number.parseFloat(kept(KEY) ?? "");
  return volume >= 0 && volume <= 1 ? volume : 1;
}

export function saveVolume(volume: number): void {
  keep(KEY, String(volume));
}
