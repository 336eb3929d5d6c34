import { html, nothing } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { common, roundToggle } from "../../kit/styles.ts";
import { formatChoice, playButton, remoteButton, statusText, volumeControl } from "./controls.ts";
import type { Playable, Playback } from "./playback.ts";
import { PlaybackUpdates } from "./playback-updates.ts";
import { playerStyles } from "./player.css.ts";

/** A play button with the state of the playback, its volume and its format. */
export class Player extends AwazElement {
  static override properties = { station: {}, playback: {} };
  declare station: Playable;
  declare playback: Playback;

  static override styles = [common, roundToggle, playerStyles];

  constructor() {
    super();
    new PlaybackUpdates(this);
  }

  override willUpdate(): void {
    // Not with the page: there is nothing to say before something is heard.
    if (this.playback.sync) void import("./sync-badge.ts");
  }

  override render() {
    const { playback, station } = this;
    const state = playback.isActive(station.slug) ? playback.state : "stopped";
    return html`<div class="player" data-testid="player" data-state=${state}>
      <div class="play">
        ${state === "connecting" ? html`<span class="busy"></span>` : nothing} ${playButton(playback, station)}
      </div>
      <p class="status" role="status">${statusText(playback, station)}</p>
      <div class="row">
        ${volumeControl(playback)} ${remoteButton(playback)} ${formatChoice(playback, station)}
        <awaz-sync-badge .playback=${playback} .slug=${station.slug}></awaz-sync-badge>
      </div>
    </div>`;
  }
}

customElements.define("awaz-player", Player);
