import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext, viewerContext } from "../../app/contexts.ts";
import { keep, kept } from "../../app/kept.ts";
import { ofStation } from "../../app/selected.ts";
import { clockText, numberText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import type { BroadcastView, SignalView, SourceView } from "../../wire/schema.ts";
import "./source.ts";
import { Sources } from "./sources.ts";

const TITLE = "awaz-show-title";
/** For how long the key of a disconnected encoder opens nothing. */
const LOCK_S = 300;

/** Puts encoders on air, hands over between them, and takes them off air. */
export class Desk extends AwazElement {
  static override properties = { done: { state: true }, showTitle: { state: true } };
  declare private done: Done | undefined;
  /** What the next show is called. */
  declare private showTitle: string;

  static override styles = [
    common,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0.6rem 1.2rem;
        margin-block-end: 1rem;
        padding: 0.8rem 1rem;
        border-radius: var(--radius-row);
        background: var(--page);
      }
      .bar[data-live] {
        background: var(--panel);
        color: var(--panel-ink);
      }
      .bar p {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
      .time {
        font-variant-numeric: tabular-nums;
        font-weight: 700;
      }
      .dead {
        margin-block-end: 1rem;
        padding: 0.7rem 1rem;
        border-radius: var(--radius-field);
        border-inline-start: 4px solid var(--madder);
        background: var(--page);
        font-weight: 650;
      }
      article + article {
        margin-block-start: 1.2rem;
        padding-block-start: 1.2rem;
        border-block-start: 1px solid var(--line);
      }
      .act {
        display: flex;
        flex-wrap: wrap;
        align-items: end;
        gap: 0.6rem 0.9rem;
        margin-block-start: 0.9rem;
      }
      article > awaz-confirm {
        display: block;
        margin-block-start: 0.9rem;
      }
      .act label {
        flex: 1 1 14rem;
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #viewer = new FromPage(this, viewerContext);
  readonly #sources = new Sources(this);
  readonly #broadcast = ofStation(this, ({ broadcast }) => broadcast);
  readonly #action = new Action(this);

  constructor() {
    super();
    this.showTitle = kept(TITLE) ?? "";
    new PeriodicUpdate(this, 1_000);
  }

  override render() {
    const { present, problem } = this.#sources;
    if (problem) {
      return html`<p class="bad" role="alert" data-testid="desk-problem">
        ${problem} <button class="secondary" @click=${() => void this.#sources.fetch()}>${msg("Try again")}</button>
      </p>`;
    }
    if (!present) return html`<p class="muted">${msg("Loading…")}</p>`;
    return html`${this.#bar(present)} ${this.#deadAir(present)}
      ${repeat(
        present,
        ({ source }) => source.id,
        (signal) => this.#source(signal),
      )}
      <p class="bad" role="alert" data-testid="desk-error">${this.#action.problem}</p>
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  get #live(): BroadcastView | undefined {
    return this.#broadcast.value?.kind === "live" ? this.#broadcast.value : undefined;
  }

  #bar(present: readonly SignalView[]): TemplateResult {
    const broadcast = this.#live;
    if (!broadcast) {
      const text = present.length
        ? msg("An encoder is ready. Press Go live when you are.")
        : msg("No encoder is connected. Listeners hear AutoDJ.");
      return html`<div class="bar" data-testid="desk-bar"><p role="status">${text}</p></div>`;
    }
    const time = clockText(this.#station.value.now() - broadcast.started_at);
    return html`<div class="bar" data-testid="desk-bar" data-live>
      <p>
        <strong role="status">${msg("On air")}</strong> <span class="time">${time}</span>
        ${broadcast.host === undefined ? nothing : html`· ${userText(broadcast.host)}`}
        ${broadcast.title === undefined ? nothing : html`· ${userText(broadcast.title)}`}
      </p>
      <button
        class="primary danger"
        data-testid="stop"
        ?disabled=${this.#action.busy}
        @click=${() => this.#stop(broadcast, present)}
      >
        ${msg("Stop")}
      </button>
    </div>`;
  }

  #deadAir(present: readonly SignalView[]): TemplateResult | typeof nothing {
    const onAir = present.find(({ source }) => source.state === "on_air");
    const isSilent = onAir?.rows.some(({ row, state }) => row === "silence" && state === "bad") ?? false;
    return isSilent
      ? html`<p class="dead" role="alert" data-testid="dead-air">
          ${msg("Your encoder sends no sound. If it stays silent, music plays until the sound is back.")}
        </p>`
      : nothing;
  }

  #source(signal: SignalView): TemplateResult {
    const { id, state } = signal.source;
    return html`<article data-testid="source" data-source=${id}>
      <awaz-source .signal=${signal} .addressOf=${() => this.#sources.preview(id)}></awaz-source>
      ${state === "preview" || state === "ending" ? this.#goLiveForm(signal) : nothing}
      ${state === "on_air" && this.#viewer.value.permissions.canKick ? this.#kick(signal) : nothing}
    </article>`;
  }

  #goLiveForm(signal: SignalView): TemplateResult {
    const other = this.#live;
    const who = other?.host ?? msg("another host");
    return html`<form class="act" @submit=${(event: SubmitEvent) => this.#goLive(event, signal.source)}>
      <label>
        ${msg("Title of the show")}
        <input
          name="title"
          dir="auto"
          maxlength="160"
          autocomplete="off"
          .value=${live(this.showTitle)}
          @input=${({ target }: Event) => (this.showTitle = (target as HTMLInputElement).value)}
        />
      </label>
      <button class="primary" data-testid="go-live" ?disabled=${this.#action.busy}>
        ${other ? msg(str`Take over from ${who}`) : msg("Go live")}
      </button>
      ${this.#viewer.value.permissions.canKick ? this.#kick(signal) : nothing}
    </form>`;
  }

  #kick({ source: { id, host } }: SignalView): TemplateResult {
    const minutes = numberText(LOCK_S / 60);
    const who = userText(host ?? "");
    return html`<awaz-confirm
      testId="kick"
      .label=${msg("Disconnect")}
      .question=${
        host === undefined
          ? msg(html`Disconnect this encoder? Its stream key works again after ${minutes} minutes.`)
          : msg(html`Disconnect the encoder of ${who}? Its stream key works again after ${minutes} minutes.`)
      }
      .run=${() => this.#sources.kick(id, LOCK_S)}
    ></awaz-confirm>`;
  }

  async #goLive(event: SubmitEvent, { id, kind }: SourceView): Promise<void> {
    event.preventDefault();
    const title = this.showTitle.trim();
    keep(TITLE, title);
    const replaces = this.#live?.id;
    const body = { source: kind, id, title, ...(replaces !== undefined && { replaces }) } as const;
    await this.#action.run(() => this.#sources.goLive(body));
  }

  async #stop({ id, title }: BroadcastView, present: readonly SignalView[]): Promise<void> {
    const source = present.find((each) => each.source.state === "on_air")?.source;
    if (!(await this.#action.run(() => this.#sources.stop(id)))) return;
    const again = source && { source: source.kind, id: source.id, ...(title !== undefined && { title }) };
    this.done = {
      text: msg("The show has ended. Listeners hear AutoDJ."),
      ...(again && { undo: () => this.#sources.goLive(again) }),
    };
  }
}

customElements.define("awaz-desk", Desk);
