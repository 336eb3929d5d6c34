import { html, nothing } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { roundel } from "../../kit/roundel.ts";
import { common } from "../../kit/styles.ts";
import { formatChoice, playButton, statusText, volumeControl } from "./controls.ts";
import type { Playable, Playback } from "./playback.ts";
import { PlaybackUpdates } from "./playback-updates.ts";
import { playerStyles } from "./player.css.ts";

/** The station's roundel with a play button and a volume control. */
export class Player extends AwazElement {
  static override properties = { station: {}, playback: {} };
  declare station: Playable;
  declare playback: Playback;

  static override styles = [common, roundelStyles, playerStyles];

  constructor() {
    super();
    new PlaybackUpdates(this);
  }

  override render() {
    const { playback, station } = this;
    const state = playback.isActive(station.slug) ? playback.state : "stopped";
    return html`<div class="player" data-testid="player" data-state=${state}>
      <div class="disc">
        ${roundel(station.slug)} ${state === "connecting" ? html`<span class="busy"></span>` : nothing}
        ${playButton(playback, station)}
      </div>
      <p class="status" role="status">${statusText(playback, station)}</p>
      ${volumeControl(playback)} ${formatChoice(playback, station)}
    </div>`;
  }
}

customElements.define("awaz-player", Player);
