import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { numberText } from "../../i18n/time.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { mutedIcon, pauseIcon, playIcon, remoteIcon, volumeIcon } from "../../kit/icons.ts";
import type { Playable, Playback } from "./playback.ts";
import type { Format } from "./streams.ts";

/** The button that plays or pauses a station. */
export function playButton(playback: Playback, station: Playable, testId = "play"): TemplateResult {
  const active = playback.isActive(station.slug);
  return html`<button
    class="toggle"
    data-testid=${testId}
    aria-label=${active ? msg(str`Pause ${station.name}`) : msg(str`Play ${station.name}`)}
    ?disabled=${!station.streams.length}
    @click=${() => playback.toggle(station)}
  >
    ${active ? pauseIcon : playIcon}
  </button>`;
}

export function volumeControl(playback: Playback): TemplateResult {
  const level = playback.muted ? 0 : Math.round(playback.volume * 100);
  return html`<div class="volume">
    <button class="mute" aria-label=${msg("Mute")} aria-pressed=${playback.muted} @click=${() => playback.toggleMute()}>
      ${playback.muted ? mutedIcon : volumeIcon}
    </button>
    <input
      type="range"
      min="0"
      max="100"
      step="5"
      aria-label=${msg("Volume")}
      aria-valuetext=${`${level} %`}
      ${cssProperty("--level", `${level}%`)}
      .value=${String(Math.round(playback.volume * 100))}
      @input=${(event: Event) => playback.setVolume(Number((event.target as HTMLInputElement).value) / 100)}
    />
  </div>`;
}

/** A button for devices nearby, where there is one. */
export function remoteButton(playback: Playback): TemplateResult | typeof nothing {
  const { remote } = playback;
  if (!remote.isAvailable) return nothing;
  return html`<button
    class="remote"
    data-testid="remote"
    aria-label=${msg("Play on another device")}
    aria-pressed=${remote.isPlaying}
    @click=${() => void playback.chooseDevice()}
  >
    ${remoteIcon}
  </button>`;
}

/** A choice of formats, where the station has several that the browser can play. */
export function formatChoice(playback: Playback, station: Playable): TemplateResult | typeof nothing {
  const formats = playback.formatsOf(station);
  if (formats.length < 2) return nothing;
  const chosen = playback.formatOf(station);
  return html`<select
    class="format"
    data-testid="format"
    aria-label=${msg("Audio format")}
    @change=${(event: Event) => playback.chooseFormat((event.target as HTMLSelectElement).value as Format)}
  >
    ${formats.map(
      ({ format, bitrate_kbps }) =>
        html`<option value=${format} .selected=${format === chosen}>
          ${format.toUpperCase()} · ${msg(str`${numberText(bitrate_kbps)} kbit/s`)}
        </option>`,
    )}
  </select>`;
}

/** The state of the playback in words. */
export function statusText(playback: Playback, station: Playable): string {
  const active = playback.station?.slug === station.slug;
  const { state, issue } = playback;
  const { onAir, heardOnAir = onAir, isHealthy } = station;
  if (active && issue === "blocked") return msg("Your browser blocked the sound. Press play again.");
  if (active && issue === "unsupported") return msg("Your browser can’t play this stream. Open it in another player.");
  if (active && issue === "elsewhere") return msg("Paused because another tab is playing.");
  if (!active || state === "stopped") return onAir ? msg("Press play to listen") : "";
  if (active && playback.remote.isPlaying) return msg("Playing on another device");
  if (state === "playing" && heardOnAir) {
    return playback.isUnsteady && isHealthy ? msg("Playing. Your connection is unstable.") : msg("Playing");
  }
  if (!heardOnAir) return msg("Off air. Playback resumes automatically.");
  if (issue === "buffering") return msg("Buffering…");
  return issue === "lost" ? msg("The stream stopped. Trying again…") : msg("Connecting…");
}
