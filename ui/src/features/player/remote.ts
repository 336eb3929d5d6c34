/**
 * A device nearby that plays the stream instead of the browser, by AirPlay or Cast, where the browser offers that. It is
 * given an address: what a script feeds to the browser cannot be played elsewhere.
 */
export class RemoteDevice {
  readonly #remote: RemotePlayback | undefined;
  /** Has the address of the stream and never plays it: browsers look for devices that can. */
  readonly #probe = new Audio();
  #isAvailable = false;

  /** `onChange` is called when a device is found or lost, or has taken the stream over or given it back. */
  constructor(audio: HTMLMediaElement, onChange: () => void) {
    // Firefox has none.
    this.#remote = "remote" in audio ? audio.remote : undefined;
    this.#probe.preload = "none";
    this.#probe.remote
      ?.watchAvailability((isAvailable) => {
        this.#isAvailable = isAvailable;
        onChange();
      })
      // A browser that does not look for devices by itself.
      .catch(() => undefined);
    for (const event of ["connecting", "connect", "disconnect"]) this.#remote?.addEventListener(event, onChange);
  }

  /** Whether there is a device, or one plays. */
  get isAvailable(): boolean {
    return this.#isAvailable || this.isPlaying;
  }

  get isPlaying(): boolean {
    return this.#remote?.state === "connected";
  }

  /** Look for devices that can play an address. */
  offer(url: string): void {
    if (this.#remote && this.#probe.getAttribute("src") !== url) this.#probe.setAttribute("src", url);
  }

  /** Let the listener choose a device, or take the stream back. */
  async choose(): Promise<void> {
    // The listener has closed the browser's list.
    await this.#remote?.prompt().catch(() => undefined);
  }
}
