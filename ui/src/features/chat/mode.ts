import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import { clockText, numberText } from "../../i18n/time.ts";
import type { BodyOf } from "../../sdk/messages.ts";
import type { ChatModeView } from "../../wire/schema.ts";
import { PageChat } from "./page-chat.ts";

/** Seconds between two messages of one person that are offered. */
const SLOW_S = [0, 5, 10, 30, 60, 300];

type Changes = Omit<BodyOf<"chat:mode">, "station">;

/** Who may write in the chat, and how often; for those who moderate it. */
export class ChatMode extends AwazElement {
  static override styles = [
    common,
    controls,
    css`
      details {
        border-block-end: 1px solid var(--line);
      }
      summary {
        padding: 0.6rem 1rem;
        cursor: pointer;
        font-size: var(--text-small);
      }
      .fields {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr));
        gap: 0.6rem;
        padding: 0 1rem 0.8rem;
      }
      .raid {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.5rem;
        padding: 0.6rem 1rem;
        border-block-end: 1px solid var(--line);
        font-size: var(--text-small);
      }
      .raid[data-on] {
        background: color-mix(in oklab, var(--madder) 16%, var(--card));
      }
      .check input {
        flex: none;
      }
      .bad {
        padding-inline: 1rem;
      }
    `,
  ];

  readonly #place = new PageChat(this);
  readonly #action = new Action(this);

  constructor() {
    super();
    new PeriodicUpdate(this, 1_000);
  }

  override render() {
    const mode = this.#place.optional?.chat.state?.mode;
    if (!mode) return nothing;
    return html`${this.#raid(mode)}
      <details>
        <summary data-testid="chat-mode">${modeText(mode)}</summary>
        <div class="fields">
          ${this.#select("who", msg("Who can write"), mode.who, [
            ["everybody", msg("Everybody")],
            ["members", msg("People with an account")],
            ["moderators", msg("Only the team")],
          ])}
          ${this.#select(
            "slow_s",
            msg("Slow mode"),
            String(mode.slow_s),
            SLOW_S.map((seconds) => [String(seconds), seconds ? msg(str`${numberText(seconds)} seconds`) : msg("Off")]),
          )}
          ${this.#select("links", msg("Links"), mode.links, [
            ["allow", msg("Shown")],
            ["hold", msg("Wait for a moderator")],
            ["block", msg("Not allowed")],
          ])}
          ${this.#check("hold_new", msg("A guest’s first message waits"), mode.hold_new)}
          ${this.#check("off_air", msg("Open while off air"), mode.off_air)}
        </div>
      </details>
      ${this.#action.problem ? html`<p class="bad" role="alert">${this.#action.problem}</p>` : nothing}`;
  }

  #raid({ raid_until }: ChatModeView): TemplateResult {
    const left = raid_until === undefined ? 0 : raid_until - this.#place.value.now();
    if (raid_until === undefined) {
      return html`<div class="raid">
        <span>${msg("Too many at once?")}</span>
        <button
          class="secondary"
          data-testid="raid"
          title=${msg("For ten minutes: slow mode, people with an account only, and links and new people wait for you.")}
          ?disabled=${this.#action.busy}
          @click=${() => this.#set({ raid: true })}
        >
          ${msg("Stop a raid")}
        </button>
      </div>`;
    }
    return html`<div class="raid" data-on data-testid="raid-on">
      <span role="status">${msg("Raid protection is on.")}</span>
      <span>${msg(str`${clockText(left)} left`)}</span>
      <button class="secondary" data-testid="raid-end" @click=${() => this.#set({ raid: false })}>
        ${msg("End now")}
      </button>
    </div>`;
  }

  #select(name: "who" | "slow_s" | "links", label: string, value: string, options: (readonly [string, string])[]) {
    const isListed = options.some(([each]) => each === value);
    const all = isListed ? options : [...options, [value, msg(str`${value} seconds`)] as const];
    return html`<label>
      ${label}
      <select data-testid=${`mode-${name}`} @change=${(event: Event) => this.#choose(name, event)}>
        ${all.map(([each, text]) => html`<option value=${each} .selected=${each === value}>${text}</option>`)}
      </select>
    </label>`;
  }

  #check(name: "hold_new" | "off_air", label: string, checked: boolean) {
    return html`<label class="check">
      <input
        type="checkbox"
        data-testid=${`mode-${name}`}
        .checked=${checked}
        @change=${({ target }: Event) => this.#set({ [name]: (target as HTMLInputElement).checked })}
      />
      ${label}
    </label>`;
  }

  #choose(name: "who" | "slow_s" | "links", { target }: Event): void {
    const { value } = target as HTMLSelectElement;
    this.#set({ [name]: name === "slow_s" ? Number(value) : value });
  }

  #set(changes: Changes): void {
    void this.#action.inTurn(() => this.#place.value.chat.setMode(changes));
  }
}

function modeText({ who, slow_s, links }: ChatModeView): string {
  const writers = {
    everybody: msg("Everybody can write"),
    members: msg("People with an account can write"),
    moderators: msg("Only the team can write"),
  };
  const parts = [
    writers[who],
    slow_s ? msg(str`slow mode: ${numberText(slow_s)} seconds`) : "",
    links === "hold" ? msg("links wait") : links === "block" ? msg("no links") : "",
  ];
  return parts.filter(Boolean).join(" · ");
}

customElements.define("awaz-chat-mode", ChatMode);
