import { AwazElement } from "./element.ts";
import { msg } from "@lit/localize";
import { css, html } from "lit";
import type { ConnectionStatus } from "../sdk/client.ts";
import { common } from "./styles.ts";

/** A notice while the connection is down; appears after a delay, so that short interruptions stay invisible. */
export class ConnectionNotice extends AwazElement {
  static override properties = { status: {} };
  declare status: ConnectionStatus;

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
        border-radius: 99px;
        background: var(--ink);
        color: var(--page);
        font-size: 0.95rem;
        box-shadow: 0 8px 30px var(--shadow);
        animation: appear 0.25s ease-out 1s backwards;
      }
      p[data-state="connected"] {
        display: none;
      }
      .first {
        animation-delay: 3s;
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
          visibility: hidden;
          transform: translateY(0.5rem);
        }
      }
      @keyframes turn {
        to {
          rotate: 360deg;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        i {
          animation-duration: 3s;
        }
      }
    `,
  ];

  override render() {
    const { state, failures } = this.status;
    const first = !failures;
    return html`<p
      role="status"
      class=${first ? "first" : ""}
      data-testid="connection"
      data-state=${state === "connected" ? "connected" : "reconnecting"}
    >
      <i></i><span>${first ? msg("Connecting…") : msg("Reconnecting… Track details may be out of date.")}</span>
    </p>`;
  }
}

customElements.define("awaz-connection", ConnectionNotice);
