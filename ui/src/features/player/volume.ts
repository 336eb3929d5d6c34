const KEY = "awaz.volume";

/** The stored volume, from 0 to 1. */
export function loadVolume(): number {
  try {
    const volume = Number.parseFloat(localStorage.getItem(KEY) ?? "");
    return volume >= 0 && volume <= 1 ? volume : 1;
  } catch {
    return 1;
  }
}

export function saveVolume(volume: number): void {
  try {
    localStorage.setItem(KEY, String(volume));
  } catch {
    // The store is full or forbidden; the volume is not remembered.
  }
}
