import { keep, kept } from "../../app/kept.ts";

const KEY = "awaz.output-delay";
/** Bluetooth loudspeakers are late by a third of a second, and by no more than this. */
export const MAX_DELAY_MS = 1_000;

/** How much later than by the browser's own reckoning the listener's device is heard, as they have set it: one by one. */
export class OutputDelay {
  readonly #onChange: () => void;
  /** Names the device that plays, as far as the browser tells: without a permission, it tells of one only. */
  #device = "";
  #all: Readonly<Record<string, number>> = stored();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
    // Pages without TLS have none.
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#findDevice());
    void this.#findDevice();
  }

  get ms(): number {
    return this.#all[this.#device] ?? 0;
  }

  set ms(ms: number) {
    this.#all = { ...this.#all, [this.#device]: Math.max(0, Math.min(MAX_DELAY_MS, Math.round(ms) || 0)) };
    keep(KEY, JSON.stringify(this.#all));
    this.#onChange();
  }

  async #findDevice(): Promise<void> {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    const outputs = devices.filter(({ kind }) => kind === "audiooutput");
    const device = (outputs.find(({ deviceId }) => deviceId === "default") ?? outputs[0])?.groupId ?? "";
    if (device === this.#device) return;
    this.#device = device;
    this.#onChange();
  }
}

function stored(): Readonly<Record<string, number>> {
  try {
    const all: unknown = JSON.parse(kept(KEY) ?? "{}");
    const entries = Object.entries(all as object).filter(([, ms]) => Number.isFinite(ms));
    return Object.fromEntries(entries);
  } catch {
    return {};
  }
}
