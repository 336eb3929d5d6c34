/** A new context needs a moment to begin. */
const BEGINS_WITHIN_MS = 1_000;

/** Mixes what a host sends: the microphone, a file, and the sound of a tab. */
export class Mixer {
  readonly #context = new AudioContext();
  readonly #mix = this.#context.createMediaStreamDestination();
  readonly #microphone = this.#context.createGain();
  readonly #begunAt = performance.now();
  #file: { readonly player: HTMLAudioElement; readonly node: AudioNode } | undefined;
  #tab: { readonly stream: MediaStream; readonly node: AudioNode } | undefined;

  /** `onChange` is called when the system stops the sound, for a call or an alarm, and when it goes on. */
  constructor(microphone: MediaStream, onChange: () => void) {
    this.#context.createMediaStreamSource(microphone).connect(this.#microphone).connect(this.#mix);
    this.#context.addEventListener("statechange", onChange);
  }

  /** Whether nothing is sent, because the system has stopped the sound. */
  get isStopped(): boolean {
    return this.#context.state !== "running" && performance.now() - this.#begunAt > BEGINS_WITHIN_MS;
  }

  /** Go on, where the system allows it. */
  resume(): void {
    // It is tried again when the page is seen or pressed next.
    this.#context.resume().catch(() => undefined);
  }

  /** Where the mix is recorded from. */
  get stream(): MediaStream {
    return this.#mix.stream;
  }

  /** The player of the file, which the host hears, too. */
  get file(): HTMLAudioElement | undefined {
    return this.#file?.player;
  }

  get hasTab(): boolean {
    return this.#tab !== undefined;
  }

  set muted(muted: boolean) {
    this.#microphone.gain.value = muted ? 0 : 1;
  }

  /** Play a file from its beginning, in place of the one before; rejects where the browser cannot play it. */
  async playFile(file: File): Promise<void> {
    this.removeFile();
    const player = new Audio(URL.createObjectURL(file));
    player.controls = true;
    const node = this.#context.createMediaElementSource(player);
    node.connect(this.#mix);
    node.connect(this.#context.destination);
    this.#file = { player, node };
    try {
      await player.play();
    } catch (error) {
      // Another one may have been chosen meanwhile, or the microphone disconnected.
      if (this.file !== player) return;
      this.removeFile();
      throw error;
    }
  }

  removeFile(): void {
    if (!this.#file) return;
    const { player, node } = this.#file;
    this.#file = undefined;
    player.pause();
    node.disconnect();
    URL.revokeObjectURL(player.src);
  }

  /** Add the sound of a tab, which goes on being heard there; `onEnd` is called when the browser stops sharing it. */
  addTab(tab: MediaStream, onEnd: () => void): void {
    this.removeTab();
    const node = this.#context.createMediaStreamSource(new MediaStream(tab.getAudioTracks()));
    node.connect(this.#mix);
    this.#tab = { stream: tab, node };
    tab.getAudioTracks()[0]?.addEventListener("ended", onEnd);
  }

  removeTab(): void {
    this.#tab?.stream.getTracks().forEach((track) => track.stop());
    this.#tab?.node.disconnect();
    this.#tab = undefined;
  }

  close(): void {
    this.removeFile();
    this.removeTab();
    void this.#context.close();
  }
}
