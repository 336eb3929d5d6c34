import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Action } from "../../kit/action.ts";
import { copyText } from "../../kit/clipboard.ts";
import { AwazElement } from "../../kit/element.ts";
import { peopleIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { errorText } from "../../i18n/problems.ts";
import { numberText } from "../../i18n/time.ts";
import { newRoomKey, type Together } from "../../sdk/together.ts";
import type { TogetherMember } from "../../wire/schema.ts";
import { addressOf, keyInAddress, showKey } from "./address.ts";

/** How long a moment that somebody marked is shown. */
const SHOWN_MS = 4_000;
const COPIED_MS = 2_000;

/** Listening with friends: a link, who is in and how exactly they hear the same, and a marker that all see at once. */
export class ListenTogether extends AwazElement {
  static override properties = {
    together: {},
    userId: {},
    copied: { state: true },
    address: { state: true },
    marker: { state: true },
  };
  declare together: Together;
  /** The listener's own id; undefined until it is known. */
  declare userId: string | undefined;
  declare private copied: boolean;
  /** The address, where it could not be copied. */
  declare private address: string;
  declare private marker: string | undefined;

  static override styles = [
    common,
    controls,
    css`
      :host {
        display: block;
        padding-block-start: 0.75rem;
        font-size: var(--text-small);
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.5rem;
      }
      section {
        display: grid;
        gap: 0.75rem;
        padding: 1rem 1.25rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-card);
        background: var(--card);
      }
      h2 {
        font-size: var(--text-card);
      }
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 1rem;
        padding-block: 0.3rem;
        overflow-wrap: anywhere;
      }
      .state {
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
      .marker {
        min-block-size: 1.5em;
        font-weight: 700;
      }
      .marker[data-shown] {
        color: var(--madder);
      }
      .address {
        overflow-wrap: anywhere;
      }
    `,
  ];

  readonly #marking = new Action(this);
  #unsubscribe: (() => void) | undefined;
  #followed: Together | undefined;
  #shownAt: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.copied = false;
    this.address = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A friend's link may be opened in a tab that shows the station already.
    addEventListener("hashchange", this.#enterByAddress);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.#enterByAddress);
    clearTimeout(this.#timer);
    this.#unsubscribe?.();
    this.#followed = undefined;
  }

  protected override willUpdate(): void {
    if (this.#followed !== this.together) this.#follow();
    const { marked } = this.together;
    if (marked && marked.at !== this.#shownAt) this.#show(marked.by, marked.at);
  }

  #follow(): void {
    this.#unsubscribe?.();
    this.#followed = this.together;
    this.#unsubscribe = this.together.subscribe(() => this.requestUpdate());
    // A mark is shown when it is made, and not to who comes back to the page.
    this.#shownAt = this.together.marked?.at;
    this.#enterByAddress();
    if (this.together.key !== undefined) showKey(this.together.key);
  }

  readonly #enterByAddress = (): void => {
    const key = keyInAddress();
    if (key !== undefined && key !== this.together.key) void this.together.enter(key);
  };

  #show(by: string, at: number): void {
    this.#shownAt = at;
    this.marker = by;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.marker = undefined), SHOWN_MS);
  }

  override render() {
    const { key, members, problem } = this.together;
    if (key === undefined) {
      return html`<button class="secondary" data-testid="together-begin" @click=${this.#begin}>
        ${peopleIcon} ${msg("Listen together")}
      </button>`;
    }
    return html`<section aria-labelledby="together" data-testid="together">
      <h2 id="together">${msg("Listening together")}</h2>
      ${
        problem
          ? html`<p class="bad" role="alert">
              ${problem.code === "conflict" ? msg("This room is full.") : errorText(problem)}
            </p>`
          : html`<p>
              ${msg("Send this link to friends: everybody who opens it and presses play hears the same moment.")}
            </p>`
      }
      <ul data-testid="together-members">
        ${members.map((member) => this.#member(member))}
      </ul>
      ${members.length === 1 ? html`<p class="state">${msg("Nobody else is here yet.")}</p>` : nothing}
      <p class="marker" role="status" data-testid="together-marker" ?data-shown=${this.marker !== undefined}>
        ${this.marker === undefined ? nothing : msg(html`${userText(this.marker)}: now!`)}
      </p>
      <div class="buttons">
        <button class="primary" data-testid="together-copy" @click=${this.#copy}>
          ${this.copied ? msg("Link copied") : msg("Copy room link")}
        </button>
        <button class="secondary" data-testid="together-mark" ?disabled=${this.#marking.busy} @click=${this.#mark}>
          ${msg("Say “now!” to everyone")}
        </button>
        <button class="secondary" data-testid="together-leave" @click=${this.#leave}>${msg("Leave")}</button>
      </div>
      <p class="bad" role="alert" ?hidden=${!this.#marking.problem}>${this.#marking.problem}</p>
      ${this.address ? html`<p class="address" dir="ltr">${this.address}</p>` : nothing}
    </section>`;
  }

  #member({ id, name, mode, error_ms }: TogetherMember): TemplateResult {
    const states = {
      synced: error_ms === undefined ? msg("In sync") : msg(str`In sync ±${numberText(Math.ceil(error_ms))} ms`),
      approximate: msg("Approximate"),
      starting: msg("Not playing"),
      other: msg("Playing"),
    };
    return html`<li data-testid="together-member" data-mode=${mode}>
      <span>${userText(name)} ${id === this.userId ? msg("(you)") : nothing}</span>
      <span class="state">${states[mode]}</span>
    </li>`;
  }

  readonly #begin = async (): Promise<void> => {
    const key = newRoomKey();
    showKey(key);
    await this.together.enter(key);
  };

  readonly #copy = async (): Promise<void> => {
    const address = addressOf(this.together.key);
    this.copied = await copyText(address);
    // An address that could not be copied stays, to be copied by hand.
    this.address = this.copied ? "" : address;
    setTimeout(() => (this.copied = false), COPIED_MS);
  };

  readonly #mark = (): void => {
    void this.#marking.run(() => this.together.mark());
  };

  readonly #leave = async (): Promise<void> => {
    showKey(undefined);
    await this.together.leave();
    await this.updateComplete;
    this.renderRoot.querySelector("button")?.focus();
  };
}

customElements.define("awaz-together", ListenTogether);
