import { css, html } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import "./track-list.ts";
import "./upload-panel.ts";

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

  override render() {
    return html`<awaz-upload-panel></awaz-upload-panel><awaz-track-list></awaz-track-list>`;
  }
}

customElements.define("awaz-library", Library);
