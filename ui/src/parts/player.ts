import { LitElement, html, nothing, type PropertyValues } from "lit";
import { mutedIcon, pauseIcon, playIcon, volumeIcon } from "./icons.ts";
import { playerStyles } from "./player.css.ts";
import { roundel } from "./roundel.ts";
import { roundelStyles } from "./roundel.css.ts";
import { StreamAudio, type PlayState, type Trouble } from "./stream-audio.ts";
import { common } from "./styles.ts";
import { rememberVolume, rememberedVolume } from "./volume.ts";

const CONTROLS = "a, button, input, select, textarea, summary, audio, video, [contenteditable], [role]";

/** The station's roundel with the button that plays its stream. */
export class Player extends LitElement {
  static override properties = { slug: {}, name: {}, url: {}, onAirNow: { type: Boolean }, volume: { state: true } };
  declare slug: string;
  declare name: string;
  /** The stream's address; empty while it is not known. */
  declare url: string;
  declare onAirNow: boolean;
  declare volume: number;

  static override styles = [common, roundelStyles, playerStyles];

  readonly #audio = new Audio();
  readonly #stream = new StreamAudio(this.#audio, () => this.#onStream());
  readonly #onKey = (event: KeyboardEvent): void => this.#toggleBySpace(event);

  constructor() {
    super();
    this.volume = rememberedVolume();
    this.#audio.preload = "none";
    this.#audio.volume = this.volume;
  }

  get playing(): boolean {
    return this.#stream.isWanted;
  }

  get bufferedMs(): number {
    return this.#stream.bufferedMs;
  }

  get stalls(): number {
    return this.#stream.stalls;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Phones keep sound going in the background only for an element that is in the page.
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
    if (changed.has("url") && this.playing) this.play();
    else if (changed.has("onAirNow") && this.onAirNow) this.#stream.nudge();
  }

  play(): void {
    if (this.url) this.#stream.play(this.url);
  }

  stop(): void {
    this.#stream.stop();
  }

  override render() {
    const { state, trouble } = this.#stream;
    return html`<div class="player" data-testid="player" data-state=${state}>
      <div class="disc">
        ${roundel(this.slug)}
        ${state === "connecting" ? html`<span class="busy"></span>` : nothing}
        <button
          class="toggle"
          data-testid="play"
          aria-label=${this.playing ? `Pause ${this.name}` : `Play ${this.name}`}
          aria-describedby="status"
          ?disabled=${!this.url}
          @click=${this.#toggle}
        >
          ${this.playing ? pauseIcon : playIcon}
        </button>
      </div>
      <p class="status" id="status">${statusText(state, trouble, this.onAirNow)}</p>
      ${this.#volume()}
    </div>`;
  }

  #volume() {
    const level = Math.round(this.volume * 100);
    const silent = this.#audio.muted || level === 0;
    return html`<div class="volume">
      <button class="mute" aria-label="Mute" aria-pressed=${silent} @click=${this.#mute}>
        ${silent ? mutedIcon : volumeIcon}
      </button>
      <input
        type="range"
        min="0"
        max="100"
        step="5"
        aria-label="Volume"
        style="--level:${silent ? 0 : level}%"
        .value=${String(level)}
        @input=${this.#setVolume}
      />
    </div>`;
  }

  #toggle(): void {
    if (this.playing) this.stop();
    else this.play();
  }

  #toggleBySpace(event: KeyboardEvent): void {
    const modified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (event.key !== " " || event.repeat || modified || event.defaultPrevented) return;
    const target = event.composedPath()[0];
    if (target instanceof Element && target.closest(CONTROLS)) return;
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
    rememberVolume(volume);
  }

  #onStream(): void {
    const session = navigator.mediaSession;
    if (session) session.playbackState = this.playing ? "playing" : "none";
    this.requestUpdate();
  }
}

function statusText(state: PlayState, trouble: Trouble, onAir: boolean): string {
  if (trouble === "blocked") return "Your browser held the sound back. Press play once more.";
  if (state === "playing") return "You are listening live";
  if (state === "stopped") return onAir ? "Press play to listen live" : "";
  if (trouble === "buffering") return "Buffering…";
  if (trouble !== "lost") return "Connecting…";
  return onAir
    ? "The stream broke off. Trying again…"
    : "Off air. The sound comes back by itself with the station.";
}

customElements.define("awaz-player", Player);
