/** Mixes what a host sends: the microphone, a file, and the sound of a tab. */
export class Mixer {
  readonly #context = new AudioContext();
  readonly #mix = this.#context.createMediaStreamDestination();
  readonly #microphone = this.#context.createGain();
  #file: HTMLAudioElement | undefined;
  #tab: MediaStream | undefined;

  constructor(microphone: MediaStream) {
    this.#context.createMediaStreamSource(microphone).connect(this.#microphone).connect(this.#mix);
  }

  /** Where the mix is recorded from. */
  get stream(): MediaStream {
    return this.#mix.stream;
  }

  /** The player of the file, which the host hears, too. */
  get file(): HTMLAudioElement | undefined {
    return this.#file;
  }

  get hasTab(): boolean {
    return this.#tab !== undefined;
  }

  set muted(muted: boolean) {
    this.#microphone.gain.value = muted ? 0 : 1;
  }

  /** Play a file from its beginning, in place of the one before. */
  async playFile(file: File): Promise<void> {
    this.removeFile();
    const player = new Audio(URL.createObjectURL(file));
    player.controls = true;
    const source = this.#context.createMediaElementSource(player);
    source.connect(this.#mix);
    source.connect(this.#context.destination);
    this.#file = player;
    await player.play();
  }

  removeFile(): void {
    this.#file?.pause();
    if (this.#file) URL.revokeObjectURL(this.#file.src);
    this.#file = undefined;
  }

  /** Add the sound of a tab, which goes on being heard there; `onEnd` is called when the browser stops sharing it. */
  addTab(tab: MediaStream, onEnd: () => void): void {
    this.removeTab();
    this.#tab = tab;
    this.#context.createMediaStreamSource(new MediaStream(tab.getAudioTracks())).connect(this.#mix);
    tab.getAudioTracks()[0]?.addEventListener("ended", onEnd);
  }

  removeTab(): void {
    this.#tab?.getTracks().forEach((track) => track.stop());
    this.#tab = undefined;
  }

  close(): void {
    this.removeFile();
    this.removeTab();
    void this.#context.close();
  }
}
