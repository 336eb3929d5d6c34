import { css, html } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Selected } from "../../app/selected.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import "./track-list.ts";
import type { TrackList } from "./track-list.ts";
import "./upload-panel.ts";
import { uploadsContext } from "./uploads-context.ts";

/** Files that end close together make one refresh. */
const TOGETHER_MS = 500;

/** A station's library: its tracks, and how new ones come in. */
export class Library extends AwazElement {
  static override styles = [
    common,
    css`
      awaz-upload-panel {
        margin-block-end: 1.25rem;
      }
    `,
  ];

  readonly #uploads = new FromPage(this, uploadsContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #done = new Selected(
    this,
    () => this.#uploads.value.of(this.#station.value.slug),
    ({ state }) => state.uploads.filter(({ status }) => status === "done").length,
  );
  #known = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(): void {
    const done = this.#done.value ?? 0;
    if (done > this.#known && this.hasUpdated) {
      this.#timer ??= setTimeout(() => {
        this.#timer = undefined;
        this.renderRoot.querySelector<TrackList>("awaz-track-list")?.refresh();
      }, TOGETHER_MS);
    }
    this.#known = done;
  }

  override render() {
    return html`<awaz-upload-panel></awaz-upload-panel><awaz-track-list></awaz-track-list>`;
  }
}

customElements.define("awaz-library", Library);
