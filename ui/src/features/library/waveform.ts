import { msg, str } from "@lit/localize";
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { pauseIcon, playIcon } from "../../kit/icons.ts";
import { common, roundToggle } from "../../kit/styles.ts";
import { clockText } from "../../i18n/time.ts";

const BARS = 240;
const HEIGHT = 100;
/** How far an arrow key goes. */
const STEP_S = 5;

/** A track's waveform, in which it is heard and its cue points are seen; fires `failed` if it cannot be heard. */
export class Waveform extends AwazElement {
  static override properties = {
    url: {},
    peaks: {},
    durationMs: {},
    cueInMs: {},
    cueOutMs: {},
    at: { state: true },
    isPlaying: { state: true },
  };
  /** Where the track is heard; undefined until that is known. */
  declare url: string | undefined;
  /** The heights from 0 to 255; undefined as long as it has not been measured. */
  declare peaks: Uint8Array | undefined;
  declare durationMs: number;
  declare cueInMs: number;
  declare cueOutMs: number;
  /** Where it is heard, in milliseconds. */
  declare private at: number;
  declare private isPlaying: boolean;

  static override styles = [
    common,
    roundToggle,
    css`
      .player {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 0.9rem;
        direction: ltr;
      }
      .track {
        position: relative;
        block-size: 5rem;
        cursor: pointer;
      }
      svg.wave {
        inline-size: 100%;
        block-size: 100%;
        fill: var(--muted);
      }
      .wave .heard {
        fill: var(--link);
      }
      .wave .cut {
        fill: var(--page);
        opacity: 0.75;
      }
      .wave .at {
        fill: var(--madder);
      }
      .time {
        grid-column: 2;
        font-size: var(--text-label);
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  constructor() {
    super();
    this.at = 0;
  }

  /** Where it is heard now, or was heard last, in milliseconds. */
  get position(): number {
    return Math.round(this.at);
  }

  override render() {
    const label = this.isPlaying ? msg("Pause") : msg("Listen to the track");
    return html`<div class="player">
        <button
          class="toggle"
          type="button"
          data-testid="prelisten"
          aria-label=${label}
          ?disabled=${!this.url}
          @click=${this.#toggle}
        >
          ${this.isPlaying ? pauseIcon : playIcon}
        </button>
        <div
          class="track"
          role="slider"
          tabindex="0"
          aria-label=${msg("Position")}
          aria-valuemin="0"
          aria-valuemax=${Math.round(this.durationMs / 1000)}
          aria-valuenow=${Math.round(this.at / 1000)}
          aria-valuetext=${msg(str`${clockText(this.at)} of ${clockText(this.durationMs)}`)}
          @click=${this.#onClick}
          @keydown=${this.#onKey}
        >
          ${this.#wave()}
        </div>
        <span class="time">${clockText(this.at)} / ${clockText(this.durationMs)}</span>
      </div>
      <audio
        preload="none"
        src=${this.url ?? nothing}
        @timeupdate=${this.#onTime}
        @play=${() => (this.isPlaying = true)}
        @pause=${() => (this.isPlaying = false)}
        @error=${() => this.dispatchEvent(new CustomEvent("failed"))}
      ></audio>`;
  }

  #wave(): TemplateResult {
    const x = (milliseconds: number) => (milliseconds / Math.max(1, this.durationMs)) * BARS;
    const [cueIn, cueOut, at] = [x(this.cueInMs), x(this.cueOutMs), x(this.at)];
    return html`<svg
      class="wave"
      data-testid="waveform"
      viewBox="0 0 ${BARS} ${HEIGHT}"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      ${heights(this.peaks).map(
        (height, bar) =>
          svg`<rect class=${bar < at ? "heard" : ""} x=${bar + 0.15} width="0.7" y=${(HEIGHT - height) / 2} height=${height} />`,
      )}
      ${svg`<rect class="cut" x="0" y="0" width=${cueIn} height=${HEIGHT} />
      <rect class="cut" x=${cueOut} y="0" width=${BARS - cueOut} height=${HEIGHT} />
      <rect class="at" x=${at} y="0" width="0.8" height=${HEIGHT} />`}
    </svg>`;
  }

  get #audio(): HTMLAudioElement | null {
    return this.renderRoot.querySelector("audio");
  }

  readonly #toggle = (): void => {
    const audio = this.#audio;
    if (!audio) return;
    if (audio.paused) audio.play().catch(() => undefined);
    else audio.pause();
  };

  readonly #onTime = (): void => {
    this.at = (this.#audio?.currentTime ?? 0) * 1000;
  };

  readonly #onClick = (event: MouseEvent): void => {
    const { left, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    this.#seek(((event.clientX - left) / width) * this.durationMs);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    this.#seek(this.at + step * STEP_S * 1000);
  };

  #seek(milliseconds: number): void {
    this.at = Math.min(this.durationMs, Math.max(0, milliseconds));
    const audio = this.#audio;
    if (audio) audio.currentTime = this.at / 1000;
  }
}

/** So many bars from all peaks, the highest of each part, from 1 to the height of the drawing. */
function heights(peaks: Uint8Array | undefined): number[] {
  return Array.from({ length: BARS }, (_, bar) => {
    if (!peaks?.length) return 2;
    const from = Math.floor((bar * peaks.length) / BARS);
    const until = Math.max(from + 1, Math.floor(((bar + 1) * peaks.length) / BARS));
    return Math.max(2, (Math.max(...peaks.subarray(from, until)) / 255) * HEIGHT);
  });
}

customElements.define("awaz-waveform", Waveform);
