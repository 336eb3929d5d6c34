import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext, viewerContext } from "../../app/contexts.ts";
import { keep, kept } from "../../app/kept.ts";
import { ofStation } from "../../app/selected.ts";
import { clockText, numberText, timeOfDay } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import type { BroadcastView, GoLiveRequest, SignalView, SourceId, SourceView } from "../../wire/schema.ts";
import "./broadcast-report.ts";
import "./first-show.ts";
import "./source.ts";
import { Sources } from "./sources.ts";

/** The title of a host's last show is kept under this key, followed by their name. */
const TITLE = "awaz-show-title";
const IS_ON_AIR: ReadonlySet<string> = new Set(["on_air", "lost"]);
/** For how long the key of a disconnected encoder opens nothing. */
const LOCK_S = 300;

/** Puts encoders on air, hands over between them, and takes them off air. */
export class Desk extends AwazElement {
  static override properties = {
    away: { type: Boolean },
    done: { state: true },
    ended: { state: true },
    titles: { state: true },
  };
  /** Whether the server is away: what is on air goes on without it. */
  declare away: boolean;
  declare private done: Done | undefined;
  /** The id of the broadcast that has ended here, until another one begins. */
  declare private ended: string | undefined;
  /** Titles of the next shows, by source and host. */
  declare private titles: Readonly<Record<string, string>>;

  static override styles = [
    common,
    controls,
    css`
      .bar {
        display: flex;
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
      .notice {
        margin-block-end: 1rem;
        padding: 0.7rem 1rem;
        border-radius: var(--radius-field);
        border-inline-start: 4px solid var(--madder);
        background: var(--page);
        font-weight: 650;
      }
      .report {
        margin-block-start: 1.2rem;
        padding: 1rem;
        border: 1px solid var(--line);
        border-radius: var(--radius-row);
      }
      h3 {
        margin-block-end: 0.6rem;
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
        margin-block-end: 0.9rem;
      }
      awaz-source > awaz-confirm {
        display: block;
        margin-block-end: 0.9rem;
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
  /** The button that is there once what was pressed has been done. */
  #focusNext: string | undefined;
  /** The broadcast that was on air at the last update. */
  #before: string | undefined;

  constructor() {
    super();
    this.away = false;
    this.titles = {};
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
    return html`${this.#bar(present)} ${this.#away(present)} ${this.#deadAir(present)}
      <awaz-first-show
        .sources=${present}
        ?onAir=${this.#broadcastOn !== undefined}
        ?autoLive=${this.#sources.autoLive}
      ></awaz-first-show>
      ${repeat(
        present,
        ({ source }) => source.id,
        (signal) => this.#source(signal, present),
      )}
      ${this.#report()}
      <p class="bad" role="alert" data-testid="desk-error">${this.#action.problem}</p>
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  override updated(): void {
    const next = this.#focusNext && this.renderRoot.querySelector<HTMLElement>(this.#focusNext);
    if (!next) return;
    this.#focusNext = undefined;
    // Only where the pressed button is gone, and took the focus with it.
    if (!this.shadowRoot?.activeElement) next.focus();
  }

  override willUpdate(): void {
    const current = this.#broadcastOn?.id;
    if (current !== undefined) this.ended = undefined;
    else if (this.#before !== undefined) this.ended = this.#before;
    this.#before = current;
  }

  /** The broadcast of a host or of a recording. */
  get #broadcastOn(): BroadcastView | undefined {
    const { value } = this.#broadcast;
    return value && value.kind !== "autodj" ? value : undefined;
  }

  #away(present: readonly SignalView[]): TemplateResult | typeof nothing {
    if (!this.away || !this.#broadcastOn) return nothing;
    const isBrowser = present.some(({ source }) => source.state === "on_air" && source.kind === "browser");
    return html`<p class="notice" role="alert" data-testid="still-on-air">
      ${
        isBrowser
          ? msg("The server can’t be reached. The host’s microphone comes back by itself when the server does.")
          : msg("Still on air. The studio can’t see or control the show for the moment.")
      }
    </p>`;
  }

  /** After the end: how it went. */
  #report(): TemplateResult | typeof nothing {
    if (this.ended === undefined) return nothing;
    return html`<section class="report" aria-labelledby="report" data-testid="ended">
      <h3 id="report">${msg("How the show went")}</h3>
      <awaz-broadcast-report .broadcast=${this.ended}></awaz-broadcast-report>
    </section>`;
  }

  #bar(present: readonly SignalView[]): TemplateResult {
    const broadcast = this.#broadcastOn;
    if (!broadcast) {
      const text = present.length
        ? msg("Ready. Press Go live when you are.")
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
    const silence = onAir?.rows.find(({ row, state }) => row === "silence" && state === "bad");
    if (!silence) return nothing;
    return html`<div class="notice" data-testid="dead-air">
      <p role="alert">${msg("The source on air sends no sound.")}</p>
      <p class="muted">${deadAirText(Number.parseInt(silence.actual, 10), this.#sources.deadAirS)}</p>
    </div>`;
  }

  #source(signal: SignalView, present: readonly SignalView[]): TemplateResult {
    const { id, state } = signal.source;
    return html`<article data-testid="source" data-source=${id}>
      <awaz-source .signal=${signal} .addressOf=${() => this.#sources.preview(id)}>
        ${state === "preview" || state === "ending" ? this.#goLiveForm(signal, present) : nothing}
        ${state === "on_air" && this.#viewer.value.permissions.canKick ? this.#kick(signal) : nothing}
      </awaz-source>
    </article>`;
  }

  #goLiveForm(signal: SignalView, present: readonly SignalView[]): TemplateResult {
    const other = this.#broadcastOn;
    const who = other?.host ?? msg("another host");
    // The show has begun, and its source is told to be on air in a moment.
    const isBeginning = other?.kind === "live" && !present.some(({ source }) => IS_ON_AIR.has(source.state));
    return html`<form class="act" @submit=${(event: SubmitEvent) => this.#goLive(event, signal.source)}>
      <label>
        ${msg("Title of the show")}
        <input
          name="title"
          dir="auto"
          maxlength="160"
          autocomplete="off"
          .value=${live(this.#titleOf(signal.source))}
          @input=${({ target }: Event) => this.#setTitle(signal.source, (target as HTMLInputElement).value)}
        />
      </label>
      <button class="primary" data-testid="go-live" ?disabled=${this.#action.busy || isBeginning}>
        ${other && !isBeginning ? msg(str`Take over from ${who}`) : msg("Go live")}
      </button>
      ${this.#viewer.value.permissions.canKick ? this.#kick(signal) : nothing}
    </form>`;
  }

  /** The title in a source's form: the one that was typed, or that of its host's last show. */
  #titleOf(source: SourceView): string {
    return this.titles[sender(source)] ?? kept(`${TITLE}-${source.host ?? ""}`) ?? "";
  }

  #setTitle(source: SourceView, title: string): void {
    this.titles = { ...this.titles, [sender(source)]: title };
  }

  #kick({ source: { id, host, kind } }: SignalView): TemplateResult {
    const minutes = numberText(LOCK_S / 60);
    const who = userText(host ?? "");
    const ofEncoder =
      host === undefined
        ? msg(html`Disconnect this encoder? Its stream key works again after ${minutes} minutes.`)
        : msg(html`Disconnect the encoder of ${who}? Its stream key works again after ${minutes} minutes.`);
    const ofBrowser = msg(
      html`Disconnect the microphone of ${who}? They can connect it again after ${minutes} minutes.`,
    );
    return html`<awaz-confirm
      testId="kick"
      .label=${msg(str`Disconnect for ${minutes} minutes`)}
      .question=${kind === "browser" ? ofBrowser : ofEncoder}
      .run=${() => this.#disconnect(id)}
    ></awaz-confirm>`;
  }

  async #disconnect(id: SourceId): Promise<void> {
    const until = await this.#sources.kick(id, LOCK_S);
    const text =
      until === undefined
        ? msg("Disconnected.")
        : msg(str`Disconnected. It can be connected again at ${timeOfDay(until)}.`);
    this.done = { text };
  }

  async #goLive(event: SubmitEvent, source: SourceView): Promise<void> {
    event.preventDefault();
    const { id, kind, host = "" } = source;
    const title = this.#titleOf(source).trim();
    keep(`${TITLE}-${host}`, title);
    const replaces = this.#broadcastOn?.id;
    const body = { source: kind, id, title, ...(replaces !== undefined && { replaces }) } as const;
    if (!(await this.#action.run(() => this.#sources.goLive(body)))) return;
    this.titles = Object.fromEntries(Object.entries(this.titles).filter(([key]) => key !== sender(source)));
    this.#focusNext = "[data-testid=stop]";
  }

  async #stop(broadcast: BroadcastView, present: readonly SignalView[]): Promise<void> {
    const source = present.find((each) => each.source.state === "on_air")?.source;
    if (!(await this.#action.run(() => this.#sources.stop(broadcast.id)))) return;
    this.#focusNext = "[data-testid=go-live]";
    const again = source && { source: source.kind, id: source.id, ...said(broadcast) };
    this.done = {
      text: msg("The show has ended. Listeners hear AutoDJ."),
      ...(again && { undo: () => this.#sources.goLive(again) }),
    };
  }
}

/** A key for the host at a source: the next host there may be somebody else. */
function sender({ id, host = "" }: SourceView): string {
  return `${id} ${host}`;
}

/** The fields of a broadcast that listeners saw. */
function said({ title, show, host, description }: BroadcastView): Partial<GoLiveRequest> {
  return Object.fromEntries(
    Object.entries({ title, show, host, description }).filter(([, text]) => text !== undefined),
  );
}

function deadAirText(silentS: number, deadAirS: number): string {
  const silent = clockText(silentS * 1000);
  if (!deadAirS) return msg(str`Silent for ${silent}. Listeners hear silence.`);
  if (silentS >= deadAirS) return msg(str`Silent for ${silent}. Music plays until the sound is back.`);
  const left = clockText((deadAirS - silentS) * 1000);
  return msg(str`Silent for ${silent}. Music plays in ${left}.`);
}

customElements.define("awaz-desk", Desk);
