import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { copyText } from "../../kit/clipboard.ts";
import { AwazElement } from "../../kit/element.ts";
import { checkIcon, copyIcon, shareIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";

/** How long "copied" is shown. */
const SHOWN_MS = 2_000;

/** Ways to pass a station on: the system's, its address, and playlists for other players. */
export class Share extends AwazElement {
  static override properties = { slug: {}, name: {}, copied: { state: true } };
  declare slug: string;
  declare name: string;
  declare copied: boolean | undefined;

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
        font-size: 0.95rem;
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
      <button class="secondary" data-testid="copy-link" @click=${this.#copy}>
        ${this.copied ? checkIcon : copyIcon} ${this.copied ? msg("Link copied") : msg("Copy link")}
      </button>
      <span class="players"> ${msg("Open in a player:")} ${["m3u", "pls"].map((kind) => this.#playlist(kind))} </span>
      <span role="status" class=${this.copied ? "unseen" : ""}>${this.#result()}</span>`;
  }

  #playlist(kind: string) {
    return html`<a href="/s/${this.slug}.${kind}" download lang="en">${kind.toUpperCase()}</a>`;
  }

  #result() {
    if (this.copied === undefined) return nothing;
    return this.copied ? msg("Link copied") : html`<span dir="ltr">${this.#address}</span>`;
  }

  get #address(): string {
    return new URL(`/s/${this.slug}`, location.href).href;
  }

  async #share(): Promise<void> {
    try {
      await navigator.share({ title: this.name, url: this.#address });
    } catch (error) {
      // Who closes the system's sheet has changed their mind.
      if (!(error instanceof DOMException && error.name === "AbortError")) await this.#copy();
    }
  }

  async #copy(): Promise<void> {
    this.copied = await copyText(this.#address);
    // An address that could not be copied stays, to be copied by hand.
    if (this.copied) setTimeout(() => (this.copied = undefined), SHOWN_MS);
  }
}

customElements.define("awaz-share", Share);
