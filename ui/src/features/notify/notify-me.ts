import { msg, str } from "@lit/localize";
import { css, html, nothing, type PropertyValues } from "lit";
import { AwazElement } from "../../kit/element.ts";
import { bellIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";

/** While a station is off air: an offer to be told by the system when it is back, for as long as the page is open. */
export class NotifyMe extends AwazElement {
  static override properties = {
    slug: {},
    name: {},
    offAir: { type: Boolean },
    answer: { state: true },
  };
  declare slug: string;
  declare name: string;
  declare offAir: boolean;
  /** The answer to the question whether the page may notify; undefined until it was asked. */
  declare answer: NotificationPermission | undefined;

  static override styles = [
    common,
    controls,
    css`
      button {
        margin-block-start: 1rem;
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }
      p {
        color: var(--muted);
        font-size: 0.95rem;
      }
    `,
  ];

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("slug")) this.answer = undefined;
    if (changed.get("offAir") !== true || this.offAir || this.answer === undefined) return;
    if (this.answer === "granted") notify(msg(str`${this.name} is on air.`), this.slug);
    this.answer = undefined;
  }

  override render() {
    if (!this.offAir || !("Notification" in window)) return nothing;
    return html`${
        this.answer === undefined
          ? html`<button class="secondary" data-testid="notify-me" @click=${this.#ask}>
              ${bellIcon} ${msg("Tell me when it’s back")}
            </button>`
          : nothing
      }
      <p role="status">${this.#said()}</p>`;
  }

  #said() {
    if (this.answer === undefined) return nothing;
    if (this.answer === "granted") return msg("You’ll get a notification. Keep this page open.");
    return msg("Your browser blocks notifications from this site. Keep this page open: it updates by itself.");
  }

  async #ask(): Promise<void> {
    const answer = await Notification.requestPermission();
    this.answer = answer === "granted" && !canNotify() ? "denied" : answer;
  }
}

/** Whether a page may show notifications of its own: Chrome on Android shows those of installed workers alone. */
function canNotify(): boolean {
  try {
    new Notification("", { silent: true }).close();
    return true;
  } catch {
    return false;
  }
}

function notify(text: string, slug: string): void {
  new Notification(text, { icon: `/s/${slug}/icon.png?size=192`, tag: `awaz-${slug}` });
}

customElements.define("awaz-notify-me", NotifyMe);
