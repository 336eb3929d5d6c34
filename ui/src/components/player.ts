import { LitElement, html, nothing, type PropertyValues } from "lit";
import { mutedIcon, pauseIcon, playIcon, volumeIcon } from "./icons.ts";
import { playerStyles } from "./player.css.ts";
import { roundelStyles } from "./roundel.css.ts";
import { roundel } from "./roundel.ts";
import { StreamAudio, type PlaybackState, type PlaybackIssue } from "./stream-audio.ts";
import { common } from "./styles.ts";
import { saveVolume, loadVolume } from "./volume.ts";

const INTERACTIVE = "a, button, input, select, textarea, summary, audio, video, [contenteditable], [role]";

/** The station's roundel with a play button and a volume control. */
export class Player extends LitElement {
  static override properties = { slug: {}, name: {}, url: {}, onAir: { type: Boolean }, volume: { state: true } };
  declare slug: string;
  declare name: string;
  /** The stream's URL; empty until it has been loaded. */
  declare url: string;
  declare onAir: boolean;
  declare volume: number;

  static override styles = [common, roundelStyles, playerStyles];

  readonly #audio = new Audio();
  readonly #stream = new StreamAudio(this.#audio, () => this.#onStreamChange());
  readonly #onKey = (event: KeyboardEvent): void => this.#toggleOnSpace(event);

  constructor() {
    super();
    this.volume = loadVolume();
    this.#audio.preload = "none";
    this.#audio.volume = this.volume;
  }

  get isActive(): boolean {
    return this.#stream.isActive;
  }

  get bufferedMs(): number {
    return this.#stream.bufferedMs;
  }

  get stalls(): number {
    return this.#stream.stalls;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // On phones, only an element in the document keeps playing in the background.
    this.append(this.#audio);
    document.addEventListener("keydown", this.#onKey);
    const session = navigator.mediaSession;
    session?.setActionHandler("play", () => this.play());
    session?.setActionHandler("pause", () => this.stop());
    session?.setActionHandler("stop", () => this.stop());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("keydown", this.#onKey);
    this.stop();
  }

  override updated(changed: PropertyValues<this>): void {
    this.#audio.title = this.name;
    if (changed.has("url") && this.isActive) this.play();
    else if (changed.has("onAir") && this.onAir) this.#stream.retryNow();
  }

  play(): void {
    if (this.url) this.#stream.play(this.url);
  }

  stop(): void {
    this.#stream.stop();
  }

  override render() {
    const { state, issue } = this.#stream;
    return html`<div class="player" data-testid="player" data-state=${state}>
      <div class="disc">
        ${roundel(this.slug)} ${state === "connecting" ? html`<span class="busy"></span>` : nothing}
        <button
          class="toggle"
          data-testid="play"
          aria-label=${this.isActive ? `Pause ${this.name}` : `Play ${this.name}`}
          aria-describedby="status"
          ?disabled=${!this.url}
          @click=${this.#toggle}
        >
          ${this.isActive ? pauseIcon : playIcon}
        </button>
      </div>
      <p class="status" id="status">${statusText(state, issue, this.onAir)}</p>
      ${this.#volume()}
    </div>`;
  }

  #volume() {
    const level = Math.round(this.volume * 100);
    const muted = this.#audio.muted || level === 0;
    return html`<div class="volume">
      <button class="mute" aria-label="Mute" aria-pressed=${muted} @click=${this.#mute}>
        ${muted ? mutedIcon : volumeIcon}
      </button>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label="Volume"
        style="--level:${muted ? 0 : level}%"
        .value=${String(level)}
        @input=${this.#setVolume}
      />
    </div>`;
  }

  #toggle(): void {
    if (this.isActive) this.stop();
    else this.play();
  }

  #toggleOnSpace(event: KeyboardEvent): void {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (event.key !== " " || event.repeat || modified || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(INTERACTIVE)) return;
    event.preventDefault();
    this.#toggle();
  }

  #mute(): void {
    if (this.volume === 0) this.#applyVolume(0.5);
    else this.#audio.muted = !this.#audio.muted;
    this.requestUpdate();
  }

  #setVolume(event: Event): void {
    this.#applyVolume(Number((event.target as HTMLInputElement).value) / 100);
  }

  #applyVolume(volume: number): void {
    this.volume = volume;
    this.#audio.volume = volume;
    this.#audio.muted = false;
    saveVolume(volume);
  }

  #onStreamChange(): void {
    const session = navigator.mediaSession;
    if (session) session.playbackState = this.isActive ? "playing" : "none";
    this.requestUpdate();
  }
}

function statusText(state: PlaybackState, issue: PlaybackIssue, onAir: boolean): string {
  if (issue === "blocked") return "Your browser blocked the sound. Press play again.";
  if (state === "playing") return "Playing";
  if (state === "stopped") return onAir ? "Press play to listen" : "";
  if (issue === "buffering") return "Buffering…";
  if (issue !== "lost") return "Connecting…";
  return onAir ? "The stream stopped. Trying again…" : "Off air. Playback resumes automatically.";
}

customElements.define("awaz-player", Player);
