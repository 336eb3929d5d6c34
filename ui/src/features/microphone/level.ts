import { FLOOR_DB } from "../../kit/level-meter.ts";

/** Measures the level of a stream, beside what is recorded and never in its way. */
export class LevelMeter {
  readonly #context = new AudioContext();
  readonly #analyser = this.#context.createAnalyser();
  readonly #samples;

  constructor(stream: MediaStream) {
    this.#analyser.fftSize = 2048;
    this.#samples = new Float32Array(this.#analyser.fftSize);
    this.#context.createMediaStreamSource(stream).connect(this.#analyser);
  }

  /** The peak of the last twentieth of a second in dBFS. */
  get db(): number {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    const peak = this.#samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    return peak > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(peak)) : FLOOR_DB;
  }

  close(): void {
    void this.#context.close();
  }
}
