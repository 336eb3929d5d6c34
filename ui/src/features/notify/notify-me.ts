import { msg } from "@lit/localize";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { bellIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import type { BackOnAir } from "./back-on-air.ts";
import { WebPush } from "./web-push.ts";

/** An offer to be told by the system when a station goes live: by push, or while the page is open if it is off air. */
export class NotifyMe extends AwazElement {
  static override properties = {
    slug: {},
    name: {},
    offAir: { type: Boolean },
    awaited: {},
    refused: { state: true },
  };
  declare slug: string;
  declare name: string;
  declare offAir: boolean;
  declare awaited: BackOnAir;
  /** Whether the page was asked to notify, and may not. */
  declare private refused: boolean;

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
        font-size: var(--text-small);
      }
    `,
  ];

  readonly #push = new WebPush();
  readonly #action = new Action(this);

  override connectedCallback(): void {
    super.connectedCallback();
    if (!this.#push.isPossible) return;
    // Where the server cannot be asked, what was known holds.
    this.#push.check().then(
      () => this.requestUpdate(),
      () => undefined,
    );
  }

  override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("slug") || changed.has("offAir")) this.refused = false;
  }

  override render() {
    if (this.#push.isPossible) return this.#pushed();
    if (!this.offAir || !("Notification" in window)) return nothing;
    const isAwaited = this.awaited.isAwaited(this.slug);
    return html`${isAwaited || this.refused ? nothing : this.#button(msg("Tell me when it’s back"), this.#await)}
      <p role="status">${isAwaited ? msg("You’ll get a notification. Keep this page open.") : this.#refusal()}</p>`;
  }

  #pushed(): TemplateResult {
    const isOn = this.#push.isOn(this.slug);
    const button = isOn
      ? this.#button(msg("Stop notifications"), () => this.#push.end(this.slug))
      : this.#button(msg("Tell me when a show starts"), this.#subscribe);
    return html`${this.refused ? nothing : button}
      <p role="status" data-testid="notify-state">
        ${isOn ? msg("You’ll get a notification when a show starts.") : this.#refusal()}
      </p>
      <p class="bad" role="alert">${this.#action.problem}</p>`;
  }

  #button(text: string, action: () => Promise<unknown>): TemplateResult {
    return html`<button
      class="secondary"
      data-testid="notify-me"
      ?disabled=${this.#action.busy}
      @click=${() => this.#action.run(action)}
    >
      ${bellIcon} ${text}
    </button>`;
  }

  #refusal() {
    if (!this.refused) return nothing;
    return this.#push.isPossible
      ? msg("Your browser blocks notifications from this site.")
      : msg("Your browser blocks notifications from this site. Keep this page open: it updates by itself.");
  }

  readonly #subscribe = async (): Promise<void> => {
    this.refused = !(await this.#push.ask(this.slug));
  };

  readonly #await = async (): Promise<void> => {
    this.refused = !(await this.awaited.ask(this.slug, this.name));
  };
}

customElements.define("awaz-notify-me", NotifyMe);
