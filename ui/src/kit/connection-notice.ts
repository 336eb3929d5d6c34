import { AwazElement } from "./element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import type { ConnectionStatus } from "../sdk/client.ts";
import { common } from "./styles.ts";

/** An interruption that is shorter is not shown. */
const SHORT_MS = 1_000;
const FIRST_MS = 3_000;

/** A notice while the connection is down. */
export class ConnectionNotice extends AwazElement {
  static override properties = { status: {}, visible: { state: true } };
  declare status: ConnectionStatus;
  declare private visible: boolean;
  #hasConnected = false;

  static override styles = [
    common,
    css`
      p {
        position: fixed;
        z-index: 10;
        inset-block-end: max(5.5rem, env(safe-area-inset-bottom));
        inset-inline: 0;
        inline-size: fit-content;
        max-inline-size: calc(100% - 2rem);
        margin-inline: auto;
        display: flex;
        align-items: center;
        gap: 0.7em;
        padding: 0.65rem 1.1rem;
        border-radius: var(--radius-pill);
        background: var(--ink);
        color: var(--page);
        font-size: var(--text-small);
        box-shadow: 0 8px 30px var(--shadow);
        animation: appear 0.25s ease-out;
      }
      i {
        inline-size: 0.95em;
        block-size: 0.95em;
        border-radius: 50%;
        border: 2.5px solid currentcolor;
        border-inline-end-color: transparent;
        animation: turn 0.9s linear infinite;
      }
      @keyframes appear {
        from {
          opacity: 0;
          transform: translateY(0.5rem);
        }
      }
      @keyframes turn {
        to {
          rotate: 360deg;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        i,
        p {
          animation: none;
        }
      }
    `,
  ];

  #timer: ReturnType<typeof setTimeout> | undefined;

  override willUpdate(): void {
    const { state, failures } = this.status;
    if (state !== "connected") {
      const delay = failures ? SHORT_MS : FIRST_MS;
      this.#timer ??= setTimeout(() => (this.visible = true), delay);
      return;
    }
    this.#hasConnected = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.visible = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  override render() {
    const { state, failures } = this.status;
    // Screen readers read what comes into a region that is there already.
    return html`<div
      role="status"
      data-testid="connection"
      data-state=${state === "connected" ? "connected" : "reconnecting"}
    >
      ${this.visible ? html`<p><i></i><span>${this.#text(!failures)}</span></p>` : nothing}
    </div>`;
  }

  #text(isFirst: boolean): string {
    if (isFirst) return msg("Connecting…");
    if (!this.#hasConnected) return msg("Can’t connect. Trying again…");
    return msg("Reconnecting… Track details may be out of date.");
  }
}

customElements.define("awaz-connection", ConnectionNotice);
