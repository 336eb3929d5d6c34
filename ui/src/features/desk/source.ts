import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { levelMeter, levelMeterStyles } from "../../kit/level-meter.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import type { SignalRow, SignalView, SourceState } from "../../wire/schema.ts";
import { actualText, hintText, rowText, stateText } from "./signal-text.ts";

const IS_AWAY: ReadonlySet<SourceState> = new Set(["connecting", "lost"]);

/**
 * A source: its state, its levels, the checks of its sound, and a player to hear it before listeners do. What can be
 * done with it stands below its state.
 */
export class SourceElement extends AwazElement {
  static override properties = { signal: {}, addressOf: {}, address: { state: true } };
  declare signal: SignalView;
  /** Makes an address at which the source is heard. */
  declare addressOf: () => Promise<string>;
  /** Where it is heard; undefined while it is not. */
  declare private address: string | undefined;

  static override styles = [
    common,
    controls,
    levelMeterStyles,
    css`
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0.2rem 1rem;
        align-items: baseline;
        margin-block-end: 0.6rem;
      }
      .head strong::before {
        content: "";
        display: inline-block;
        inline-size: 0.65em;
        block-size: 0.65em;
        margin-inline-end: 0.45em;
        border-radius: 50%;
        background: currentcolor;
        forced-color-adjust: none;
      }
      [data-state="on_air"] strong {
        color: var(--bad);
      }
      [data-state="preview"] strong {
        color: var(--good);
      }
      [data-state="lost"] strong {
        color: var(--warn);
      }
      .from {
        color: var(--muted);
        font-size: var(--text-small);
        overflow-wrap: anywhere;
      }
      .levels {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) 3.5rem;
        align-items: center;
        gap: 0.15rem 0.6rem;
        margin-block-end: 0.7rem;
        font-size: var(--text-small);
        font-variant-numeric: tabular-nums;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 0.25rem 0.9rem;
        font-size: var(--text-small);
      }
      dt {
        color: var(--muted);
      }
      dd {
        position: relative;
        padding-inline-start: 1.05em;
      }
      dd::before {
        content: "";
        position: absolute;
        inset-block-start: 0.5em;
        inset-inline-start: 0;
        inline-size: 0.55em;
        block-size: 0.55em;
        border-radius: 50%;
        background: var(--line);
        forced-color-adjust: none;
      }
      dd[data-state="ok"]::before {
        background: var(--good);
      }
      dd[data-state="warn"]::before {
        background: var(--warn);
      }
      dd[data-state="bad"]::before {
        background: var(--bad);
      }
      .warn {
        color: var(--warn);
        font-weight: 650;
      }
      p.warn {
        margin-block-end: 0.6rem;
      }
      .form-actions,
      audio {
        margin-block-start: 0.9rem;
      }
      audio {
        inline-size: 100%;
      }
    `,
  ];

  readonly #action = new Action(this);

  override willUpdate(): void {
    // A player that waited for it would begin aloud when it is back.
    if (IS_AWAY.has(this.signal.source.state)) this.address = undefined;
  }

  override render() {
    const { source, rows } = this.signal;
    const from = [source.client, source.address].filter((text) => text !== undefined).join(" · ");
    return html`<div class="head" data-testid="source-state" data-state=${source.state}>
        <strong role="status"
          >${this.#isInterrupted ? msg("On air, but nothing arrives") : stateText(source.state)}</strong
        >
        ${source.host === undefined ? nothing : html`<span>${userText(source.host)}</span>`}
        <span class="from" dir="auto">${from}</span>
      </div>
      ${this.#isInterrupted ? html`<p class="warn">${msg("Listeners hear music until it is back.")}</p>` : nothing}
      <slot></slot>
      ${this.#levels()}
      <dl data-testid="signal-rows">${rows.map((row) => this.#row(row))}</dl>
      ${this.#player()}
      <p class="bad" role="alert">${this.#action.problem}</p>`;
  }

  /** Whether it is on air without a sound: its connection is there, or is expected back at any moment. */
  get #isInterrupted(): boolean {
    const { source, rows } = this.signal;
    return source.state === "on_air" && rows.some(({ row, state }) => row === "connection" && state === "bad");
  }

  #levels(): TemplateResult {
    const [left, right] = this.signal.level_db;
    return html`<div class="levels">${this.#meter(msg("Left"), left)} ${this.#meter(msg("Right"), right)}</div>`;
  }

  #meter(label: string, db: number | undefined): TemplateResult {
    return html`<span>${label}</span>
      ${levelMeter(label, db)}
      <span dir="ltr">${db === undefined ? "–" : `${Math.round(db) || 0} dB`}</span>`;
  }

  #row(row: SignalRow): TemplateResult {
    const hint = hintText(row, this.signal);
    return html`<dt>${rowText(row.row)}</dt>
      <dd data-row=${row.row} data-state=${row.state}>
        <bdi>${actualText(row)}</bdi> ${hint ? html`<span class="warn">${hint}</span>` : nothing}
      </dd>`;
  }

  #player(): TemplateResult | typeof nothing {
    if (IS_AWAY.has(this.signal.source.state)) return nothing;
    if (this.address === undefined) {
      return html`<div class="form-actions">
        <button class="secondary" data-testid="preview" ?disabled=${this.#action.busy} @click=${this.#listen}>
          ${msg("Listen to it")}
        </button>
      </div>`;
    }
    return html`<audio
        controls
        data-testid="preview-player"
        aria-label=${msg("What this source sends")}
        src=${this.address}
        @loadedmetadata=${play}
        @ended=${this.#onEnd}
        @error=${this.#onEnd}
      ></audio>
      <div class="form-actions">
        <button class="secondary" data-testid="preview-end" @click=${this.#onEnd}>${msg("Stop listening")}</button>
      </div>`;
  }

  readonly #listen = async (): Promise<void> => {
    await this.#action.run(async () => (this.address = await this.addressOf()));
  };

  readonly #onEnd = (): void => {
    this.address = undefined;
  };
}

/** `autoplay` would wait until a browser has seconds of it. */
function play({ target }: Event): void {
  // Where the browser wants a press, its own controls have the button.
  (target as HTMLAudioElement).play().catch(() => undefined);
}

customElements.define("awaz-source", SourceElement);
