import { AwazElement } from "./element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import type { OnAirKind } from "../wire/schema.ts";
import { common } from "./styles.ts";

function labelOf(kind: OnAirKind): string {
  if (kind === "live") return msg("Live");
  if (kind === "upload") return msg("Pre-recorded");
  return kind === "autodj" ? msg("Non-stop music") : msg("Off air");
}

/** The kind of the current broadcast. */
export class LiveBadge extends AwazElement {
  static override properties = { onAir: {}, testId: {} };
  declare onAir: OnAirKind;
  declare testId: string | undefined;

  static override styles = [
    common,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 0.5em;
        padding: 0.28em 0.75em;
        border-radius: var(--radius-pill);
        border: 1.5px solid transparent;
        font-size: var(--text-label);
        font-weight: 700;
        letter-spacing: calc(var(--tracking) * 0.02em);
        white-space: nowrap;
      }
      span::before {
        content: "";
        width: 0.55em;
        height: 0.55em;
        border-radius: 50%;
        background: currentcolor;
        forced-color-adjust: none;
      }
      [data-state="live"] {
        background: var(--madder);
        color: var(--on-madder);
      }
      [data-state="live"]::before {
        animation: beat 1.8s ease-in-out infinite;
      }
      [data-state="upload"] {
        background: var(--marigold);
        color: var(--on-marigold);
      }
      [data-state="autodj"] {
        border-color: currentcolor;
      }
      [data-state="offair"] {
        border-color: currentcolor;
        opacity: 0.85;
      }
      [data-state="offair"]::before {
        background: none;
        border: 1.5px solid currentcolor;
      }
      @keyframes beat {
        50% {
          opacity: 0.35;
        }
      }
      @media (prefers-reduced-motion: reduce) {
        span::before {
          animation: none !important;
        }
      }
    `,
  ];

  override render() {
    return html`<span data-testid=${this.testId ?? nothing} data-state=${this.onAir}>${labelOf(this.onAir)}</span>`;
  }
}

customElements.define("awaz-live-badge", LiveBadge);
