import { css, html, nothing } from "lit";
import { FromPage } from "../app/contexts.ts";
import { Selected } from "../app/selected.ts";
import "../features/now-playing/now-playing.ts";
import { playableStation } from "../features/player/playable.ts";
import "../features/player/player.ts";
import { AwazElement } from "../kit/element.ts";
import { common } from "../kit/styles.ts";
import { userText } from "../kit/user-text.ts";
import { listeningContext } from "./playback-context.ts";

/** The player of the station around it, with what is on: in sync with everybody who listens on a page. */
export class Listen extends AwazElement {
  static override styles = [
    common,
    css`
      :host {
        display: block;
      }
      section {
        --focus: var(--panel-ink);

        padding: 1rem 1.2rem;
        border-radius: var(--radius-row);
        background: var(--panel);
        color: var(--panel-ink);
      }
      .name {
        margin: 0;
        color: var(--panel-muted);
        font-size: var(--text-small);
        font-weight: 700;
      }
    `,
  ];

  readonly #listening = new FromPage(this, listeningContext);
  readonly #shown = new Selected(
    this,
    () => this.#listening.optional?.station,
    (station) => ({ newest: station.newest, heard: station.state }),
  );

  override willUpdate(): void {
    const playable = this.#playable;
    if (playable) this.#listening.value.playback.update(playable);
  }

  override render() {
    const playable = this.#playable;
    if (!playable) return nothing;
    return html`<section aria-label=${playable.name}>
      <p class="name">${userText(playable.name)}</p>
      <awaz-now-playing></awaz-now-playing>
      <awaz-player .station=${playable} .playback=${this.#listening.value.playback}></awaz-player>
    </section>`;
  }

  /** The station; undefined until it is known. */
  get #playable() {
    const { newest } = this.#shown.value ?? {};
    return newest && playableStation(newest, this.#listening.value.station);
  }
}

customElements.define("awaz-listen", Listen);
