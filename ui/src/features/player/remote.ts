/** A device nearby that plays the stream instead of the browser, by AirPlay or Cast, where the browser offers that. */
export class RemoteDevice {
  readonly #remote: RemotePlayback | undefined;
  #isAvailable = false;

  /** `onChange` is called when a device is found or lost, or has taken the stream over or given it back. */
  constructor(audio: HTMLMediaElement, onChange: () => void) {
    // Firefox has none.
    this.#remote = "remote" in audio ? audio.remote : undefined;
    this.#remote
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

  /** Let the listener choose a device, or take the stream back. */
  async choose(): Promise<void> {
    // The listener has closed the browser's list.
    await this.#remote?.prompt().catch(() => undefined);
  }
}
