import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { AwazError } from "../../sdk/errors.ts";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { currentTrack, type StationState } from "../../sdk/state.ts";
import type { MetadataRequest, PlayView, StreamMetadata } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import { common, controls } from "../../kit/styles.ts";

const fields = () =>
  [
    { name: "title", label: msg("Title"), maxLength: 500 },
    { name: "artist", label: msg("Artist"), maxLength: 500 },
    { name: "show", label: msg("Show", { id: "show-name" }), maxLength: 200 },
    { name: "host", label: msg("Host"), maxLength: 200 },
  ] as const satisfies readonly { name: keyof MetadataRequest; label: string; maxLength: number }[];

const MAX_RECENT = 10;

/** A form with the title, artist, show and host on air. A title cannot be cleared: it keeps its value. */
export class MetadataForm extends AwazElement {
  static override properties = { saved: { state: true }, shortened: { state: true }, edited: { state: true } };
  declare saved: boolean;
  /** Whether less is on air than was sent: there is a longest title. */
  declare private shortened: boolean;
  /** What was typed, by field, until it is on air. */
  declare private edited: Readonly<Record<string, string>>;

  static override styles = [common, controls];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #current = ofStation(this, ({ metadata }) => metadata);
  readonly #track = ofStation(this, currentTrack);
  readonly #recent = ofStation(this, recentTitles);
  readonly #action = new Action(this);

  #shown: StreamMetadata | undefined;
  /** What was sent last, until it is on air. */
  #sent: Readonly<Record<string, string>> | undefined;

  constructor() {
    super();
    this.edited = {};
  }

  override willUpdate(): void {
    const current = this.#current.value;
    if (current === this.#shown) return;
    this.#shown = current;
    if (this.#sent) this.#settle(this.#sent);
    // A change after that of the form is the next track's.
    else this.saved = false;
    this.#sent = undefined;
  }

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit} @input=${this.#onInput}>
      <div class="field-grid">
        ${fields().map(
          ({ name, label, maxLength }) =>
            html`<label
              >${label}
              <input
                name=${name}
                dir="auto"
                maxlength=${maxLength}
                autocomplete="off"
                .value=${live(this.edited[name] ?? this.#now(name))}
            /></label>`,
        )}
      </div>
      ${this.#recentChoice()}
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>${msg("Update")}</button>
        <span role="status" class=${this.saved ? "good" : "bad"} data-testid="metadata-result"
          >${this.saved ? this.#savedText() : problem}</span
        >
      </div>
    </form>`;
  }

  /** Titles that were on air before, to be used again. */
  #recentChoice() {
    const recent = this.#recent.value ?? [];
    if (!recent.length) return nothing;
    return html`<label>
      ${msg("Use a recent title")}
      <select data-testid="recent-title" @input=${stop} @change=${this.#onRecent}>
        <option value="">–</option>
        ${recent.map(({ title, artist }, index) => html`<option value=${index}>${oneLine(title, artist)}</option>`)}
      </select>
    </label>`;
  }

  readonly #onRecent = ({ target }: Event): void => {
    const select = target as HTMLSelectElement;
    const { title, artist } = this.#recent.value?.[Number(select.value)] ?? {};
    if (select.value !== "" && title !== undefined) {
      this.edited = { ...this.edited, title, artist: artist ?? "" };
      this.saved = false;
    }
    select.value = "";
  };

  #savedText(): string {
    return this.shortened ? msg("Updated. Long text was shortened to fit.") : msg("Updated.");
  }

  #now(name: keyof MetadataRequest): string {
    const { show = "", host = "" } = this.#current.value ?? {};
    const track = this.#track.value;
    return { title: track?.title ?? "", artist: track?.artist ?? "", show, host }[name];
  }

  #onInput(event: Event): void {
    const { name, value } = event.target as HTMLInputElement;
    this.edited = { ...this.edited, [name]: value };
    this.saved = false;
    this.#action.clearProblem();
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { edited } = this;
    const before = this.#shown;
    this.saved = false;
    this.shortened = false;
    const sent = await this.#action.run(() => this.#send(this.#changesOf(edited)));
    if (!sent) return;
    this.saved = this.edited === edited;
    // The event may come before the answer.
    if (this.#shown === before) this.#sent = edited;
    else this.#settle(edited);
  };

  #changesOf(edited: Readonly<Record<string, string>>): MetadataRequest {
    const values = Object.entries(edited).map(
      ([name, value]) => [name as keyof MetadataRequest, value.trim()] as const,
    );
    return Object.fromEntries(
      values.filter(([name, value]) => value !== this.#now(name) && (value || name !== "title")),
    );
  }

  /** Show what is on air again, where nothing else has been typed since. */
  #settle(sent: Readonly<Record<string, string>>): void {
    this.shortened = Object.entries(sent).some(
      ([name, text]) => this.#now(name as keyof MetadataRequest).endsWith("…") && !text.trim().endsWith("…"),
    );
    this.edited = Object.fromEntries(Object.entries(this.edited).filter(([name, text]) => sent[name] !== text));
  }

  async #send(values: MetadataRequest): Promise<void> {
    if (!Object.keys(values).length) {
      throw new AwazError({ code: "unchanged", message: msg("Change at least one field."), retryable: false });
    }
    const request = to("POST /api/v1/stations/{slug}/metadata", { path: this.#station.value, body: values });
    await callAuthenticated(this.#session.value, request);
  }
}

/** The titles of the newest plays, each once. */
function recentTitles({ history }: StationState): readonly PlayView[] {
  const known = new Set<string>();
  const isNew = ({ title, artist }: PlayView) => {
    const line = oneLine(title, artist);
    return !known.has(line) && known.add(line);
  };
  return history.filter(isNew).slice(0, MAX_RECENT);
}

function oneLine(title: string, artist: string): string {
  return artist ? `${title} · ${artist}` : title;
}

function stop(event: Event): void {
  event.stopPropagation();
}

customElements.define("awaz-metadata-form", MetadataForm);
