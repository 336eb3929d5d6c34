import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { copyText } from "../../kit/clipboard.ts";
import { AwazElement } from "../../kit/element.ts";
import { checkIcon, copyIcon, qrIcon, shareIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";

/** How long "copied" is shown. */
const SHOWN_MS = 2_000;

/** Ways to pass a station on: the system's, its address, and playlists for other players. */
export class Share extends AwazElement {
  static override properties = { slug: {}, name: {}, copied: { state: true }, code: { state: true } };
  declare slug: string;
  declare name: string;
  declare copied: boolean | undefined;
  /** The QR code, once it was asked for. */
  declare private code: TemplateResult | undefined;

  static override styles = [
    common,
    controls,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem 0.75rem;
        padding-block-start: 1rem;
        font-size: var(--text-small);
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }

      /* Said by screen readers; the button shows it. */
      .unseen {
        position: absolute;
        inline-size: 1px;
        block-size: 1px;
        overflow: hidden;
        clip-path: inset(50%);
      }
      dialog {
        text-align: center;
      }
      dialog p {
        overflow-wrap: anywhere;
        margin-block-end: 1rem;
      }
      .qr {
        inline-size: min(100%, 18rem);
        margin: 1rem auto;
        border-radius: var(--radius-field);
        background: var(--qr-light);
        fill: var(--qr-dark);
        forced-color-adjust: none;
      }
      .players {
        color: var(--muted);
      }
      .players a {
        display: inline-grid;
        place-items: center;
        min-inline-size: 2.75rem;
        min-block-size: 2.75rem;
        color: var(--link);
      }
    `,
  ];

  override render() {
    return html`${
        "share" in navigator
          ? html`<button class="secondary" @click=${this.#share}>${shareIcon} ${msg("Share")}</button>`
          : nothing
      }
      <button class="secondary" data-testid="copy-link" @click=${() => this.copy()}>
        ${this.copied ? checkIcon : copyIcon} ${this.copied ? msg("Link copied") : msg("Copy link")}
      </button>
      <button class="secondary" data-testid="qr" @click=${this.#showCode}>${qrIcon} ${msg("QR code")}</button>
      <span class="players"> ${msg("Open in a player:")} ${["m3u", "pls"].map((kind) => this.#playlist(kind))} </span>
      <span role="status" class=${this.copied ? "unseen" : ""}>${this.#result()}</span>
      <dialog aria-labelledby="qr-title" data-testid="qr-dialog" @close=${() => (this.code = undefined)}>
        <h2 id="qr-title">${msg(html`Listen to ${userText(this.name)}`)}</h2>
        ${
          this.code
            ? html`${this.code}
                <p dir="ltr">${this.#address}</p>`
            : nothing
        }
        <button class="secondary" autofocus @click=${() => this.#dialog?.close()}>${msg("Close")}</button>
      </dialog>`;
  }

  #playlist(kind: string) {
    return html`<a href="/s/${this.slug}.${kind}" download lang="en">${kind.toUpperCase()}</a>`;
  }

  #result() {
    if (this.copied === undefined) return nothing;
    return this.copied ? msg("Link copied") : html`<span dir="ltr">${this.#address}</span>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  async #showCode(): Promise<void> {
    const { qrCode } = await import("../../kit/qr-code.ts");
    this.code = qrCode(this.#address, msg("QR code"));
    await this.updateComplete;
    this.#dialog?.showModal();
  }

  get #address(): string {
    return new URL(`/s/${this.slug}`, location.href).href;
  }

  async #share(): Promise<void> {
    try {
      await navigator.share({ title: this.name, url: this.#address });
    } catch (error) {
      // Who closes the system's sheet has changed their mind.
      if (!(error instanceof DOMException && error.name === "AbortError")) await this.copy();
    }
  }

  /** Copy the station's address. */
  async copy(): Promise<void> {
    this.copied = await copyText(this.#address);
    // An address that could not be copied stays, to be copied by hand.
    if (this.copied) setTimeout(() => (this.copied = undefined), SHOWN_MS);
  }
}

customElements.define("awaz-share", Share);
