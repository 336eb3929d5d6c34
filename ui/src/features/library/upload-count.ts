import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Selected } from "../../app/selected.ts";
import { percentText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { isOpen, shareSent, type UploadQueue } from "./upload-queue.ts";
import { uploadsContext } from "./uploads-context.ts";

/** How far the uploads are, while there are some: they go on while other sections are shown. */
export class UploadCount extends AwazElement {
  static override styles = [
    common,
    css`
      span {
        margin-inline-start: 0.5rem;
        font-size: var(--text-small);
        font-variant-numeric: tabular-nums;
        opacity: 0.8;
      }
    `,
  ];

  readonly #uploads = new FromPage(this, uploadsContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #share = new Selected(
    this,
    () => this.#uploads.value.of(this.#station.value.slug),
    ({ state: { uploads } }: UploadQueue) => (uploads.some(isOpen) ? shareSent(uploads) : undefined),
  );

  override render() {
    const share = this.#share.value;
    if (share === undefined) return nothing;
    const percent = percentText(share);
    return html`<span role="img" aria-label=${msg(str`Uploading: ${percent}`)} data-testid="upload-count"
      >${percent}</span
    >`;
  }
}

customElements.define("awaz-upload-count", UploadCount);
