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
  readonly #playable = new Selected(
    this,
    () => this.#listening.optional?.station,
    (station) => ({ newest: station.newest, heard: station.state }),
  );

  override willUpdate(): void {
    const listening = this.#listening.optional;
    const { newest } = this.#playable.value ?? {};
    if (listening && newest) listening.playback.update(playableStation(newest, listening.station));
  }

  override render() {
    const listening = this.#listening.optional;
    const { newest } = this.#playable.value ?? {};
    if (!listening || !newest) return nothing;
    return html`<section aria-label=${newest.station.name}>
      <p class="name">${userText(newest.station.name)}</p>
      <awaz-now-playing></awaz-now-playing>
      <awaz-player .station=${playableStation(newest, listening.station)} .playback=${listening.playback}></awaz-player>
    </section>`;
  }
}

customElements.define("awaz-listen", Listen);
