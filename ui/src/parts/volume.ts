const KEY = "awaz.volume";

/** The listener's loudness, kept between visits. 0 to 1. */
export function rememberedVolume(): number {
  try {
    const kept = Number.parseFloat(localStorage.getItem(KEY) ?? "");
    return kept >= 0 && kept <= 1 ? kept : 1;
  } catch {
    return 1;
  }
}

export function rememberVolume(volume: number): void {
  try {
    localStorage.setItem(KEY, String(volume));
  } catch {
    // Forgotten on the next visit, then.
  }
}
