import { msg, str } from "@lit/localize";
import { Task } from "@lit/task";
import { html, nothing, type TemplateResult } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { errorText } from "../../i18n/problems.ts";
import { clockText, dayAndTime, numberText, sizeText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { cover, coverStyles } from "../../kit/cover.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { modal } from "../../kit/modal.ts";
import "../../kit/picture-field.ts";
import { common, controls } from "../../kit/styles.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import { AwazError } from "../../sdk/errors.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { TrackPatch, TrackView } from "../../wire/schema.ts";
import { placeOf, placeText } from "./cue-text.ts";
import { sharedFields } from "./fields.ts";
import type { Place } from "./placing.ts";
import { removeTracks } from "./remove.ts";
import { trackDialogStyles } from "./track-dialog.css.ts";
import "./waveform.ts";
import type { Waveform } from "./waveform.ts";

/** Everything of a track: heard, changed, placed in the queue and deleted. */
export class TrackDialog extends AwazElement {
  static override properties = { track: {}, saved: { state: true }, failed: { state: true } };
  declare track: TrackView;
  /** Why the track cannot be heard here. */
  declare private failed: string;
  declare private saved: boolean;

  static override styles = [common, controls, coverStyles, trackDialogStyles];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #action = new Action(this);
  readonly #heard = new Task(this, {
    args: () => [this.track.id, this.track.measured] as const,
    task: async ([id, measured], { signal }) => {
      this.failed = "";
      const path = { slug: this.#station.value.slug, id };
      const call = <T>(request: Parameters<typeof callAuthenticated<T>>[1]) =>
        callAuthenticated(this.#session.value, request, { signal });
      const [{ url }, peaks] = await Promise.all([
        call(to("POST /api/v1/stations/{slug}/tracks/{id}/preview", { path })),
        measured === "done" ? call(to("GET /api/v1/stations/{slug}/tracks/{id}/peaks", { path })) : undefined,
      ]);
      return { url, peaks: peaks && Uint8Array.from(atob(peaks.peaks), (character) => character.charCodeAt(0)) };
    },
    onError: (error) => (this.failed = errorText(error)),
  });

  override render() {
    const { track } = this;
    return html`<dialog
      aria-labelledby="title"
      data-testid="track-dialog"
      ${modal()}
      @close=${() => this.#emit("closed")}
    >
      <header>
        ${cover(track.art_url, 300)}
        <div>
          <h2 id="title">${userText(track.title)}</h2>
          <p>${artistText(track.artist)}</p>
          <awaz-picture-field .hasPicture=${track.art_url !== undefined} .run=${this.#setPicture}></awaz-picture-field>
        </div>
      </header>
      ${this.#notes()}
      <awaz-waveform
        .url=${this.#heard.value?.url}
        .peaks=${this.#heard.value?.peaks}
        .durationMs=${track.duration_ms}
        .cueInMs=${track.cue_in_ms}
        .cueOutMs=${track.cue_out_ms ?? track.duration_ms}
        @failed=${() => (this.failed = msg("This browser can’t play the file, or the connection failed."))}
      ></awaz-waveform>
      ${this.#hearingProblem()} ${this.#placeButtons()} ${this.#form()} ${this.#facts()}
    </dialog>`;
  }

  #notes(): TemplateResult {
    const { problem, duplicate_of, measured } = this.track;
    return html`${problem === undefined ? nothing : html`<p class="bad">${msg(str`It can’t be played: ${problem}.`)}</p>`}
    ${duplicate_of === undefined ? nothing : html`<p class="muted">${msg("It sounds like another track in this library.")}</p>`}
    ${measured === "waiting" ? html`<p class="muted">${msg("Loudness is still being measured. You can already play it.")}</p>` : nothing}`;
  }

  #hearingProblem(): TemplateResult | typeof nothing {
    if (!this.failed) return nothing;
    return html`<p class="bad" role="alert">
      ${this.failed}
      <button class="secondary" data-testid="prelisten-retry" @click=${() => void this.#heard.run()}>
        ${msg("Try again")}
      </button>
    </p>`;
  }

  #placeButtons(): TemplateResult {
    const button = (place: Place, text: string) =>
      html`<button
        class="secondary"
        data-testid="dialog-${place}"
        ?disabled=${this.track.problem !== undefined}
        @click=${() => this.#place(place)}
      >
        ${text}
      </button>`;
    return html`<div class="form-actions">
      ${button("next", msg("Play next"))} ${button("end", msg("Add to queue"))} ${button("now", msg("Play now"))}
    </div>`;
  }

  #form(): TemplateResult {
    const { track } = this;
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#save} @input=${() => (this.saved = false)}>
      <div class="field-grid">
        <label
          >${msg("Title")}
          <input name="title" dir="auto" required maxlength="255" autocomplete="off" .value=${track.title}
        /></label>
        <label
          >${msg("ISRC")}
          <input
            name="isrc"
            dir="ltr"
            maxlength="15"
            autocomplete="off"
            pattern="[A-Za-z]{2}-?[A-Za-z0-9]{3}-?[0-9]{2}-?[0-9]{5}"
            title=${msg("Twelve letters and digits, such as PKA012600001")}
            .value=${track.isrc}
        /></label>
      </div>
      ${sharedFields(track)}
      <div class="field-grid">
        ${this.#cueField("cue_in", msg("Starts at"), track.cue_in_ms)}
        ${this.#cueField("cue_out", msg("Ends at"), track.cue_out_ms ?? track.duration_ms)}
        <label
          >${msg("Gain in dB")}
          <input name="gain" type="number" dir="ltr" min="-24" max="12" step="0.1" .value=${String(track.gain_db)}
        /></label>
      </div>
      <div class="form-actions">
        <button class="primary" data-testid="track-save" ?disabled=${busy}>${msg("Save")}</button>
        <span role="status" class=${problem ? "bad" : "good"} data-testid="track-result"
          >${problem || (this.saved ? msg("Saved.") : "")}</span
        >
      </div>
    </form>`;
  }

  #cueField(name: string, label: string, milliseconds: number): TemplateResult {
    return html`<div class="field">
      <label for=${name}>${label}</label>
      <div class="cue">
        <input
          id=${name}
          name=${name}
          dir="ltr"
          autocomplete="off"
          pattern="([0-9]{1,3}:)?[0-9]{1,4}([.,][0-9]{1,3})?"
          title=${msg("Minutes and seconds, such as 1:02.5")}
          .value=${placeText(milliseconds)}
        />
        <button class="secondary" type="button" data-testid="${name}-here" @click=${() => this.#setCue(name)}>
          ${msg("Here", { id: "cue-here" })}
        </button>
      </div>
    </div>`;
  }

  #facts(): TemplateResult {
    const { track } = this;
    const { loudness_lufs, played_at, format, bitrate_kbps } = track;
    return html`<dl>
        ${fact(msg("Length"), clockText(track.duration_ms))}
        ${fact(msg("File"), html`${userText(track.file_name)} · ${format.toUpperCase()}, ${msg(str`${numberText(bitrate_kbps)} kbit/s`)}, ${sizeText(track.size)}`)}
        ${fact(msg("Loudness"), loudness_lufs === undefined ? msg("Not measured yet") : html`<bdi dir="ltr">${loudness_lufs.toFixed(1)} LUFS</bdi>`)}
        ${fact(msg("Played"), played_at === undefined ? msg("Never") : msg(str`${numberText(track.plays)}×, last ${dayAndTime(played_at)}`))}
        ${fact(msg("Added"), msg(html`${dayAndTime(track.added_at)} by ${userText(track.added_by)}`))}
      </dl>
      <div class="form-actions last">
        ${removeTracks([track], () => this.#remove())}
        <button class="secondary" data-testid="track-close" @click=${() => this.#dialog?.close()}>
          ${msg("Close")}
        </button>
      </div>`;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  #setCue(name: string): void {
    const field = this.renderRoot.querySelector<HTMLInputElement>(`#${name}`);
    const waveform = this.renderRoot.querySelector<Waveform>("awaz-waveform");
    if (field && waveform) field.value = placeText(waveform.position);
    this.saved = false;
  }

  readonly #setPicture = async (picture: File | undefined): Promise<void> => {
    const path = { slug: this.#station.value.slug, id: this.track.id };
    const request = picture
      ? to("PUT /api/v1/stations/{slug}/tracks/{id}/art", { path, body: picture })
      : to("DELETE /api/v1/stations/{slug}/tracks/{id}/art", { path });
    const { track } = await callAuthenticated(this.#session.value, request);
    this.#emit("changed", track);
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const values = formValues(event.target as HTMLFormElement);
    this.saved = await this.#action.run(async () => {
      const path = { slug: this.#station.value.slug, id: this.track.id };
      const body = patchOf(this.track, values);
      if (!Object.keys(body).length) return;
      const request = to("PATCH /api/v1/stations/{slug}/tracks/{id}", { path, body });
      const { track } = await callAuthenticated(this.#session.value, request);
      this.#emit("changed", track);
    });
  };

  async #remove(): Promise<void> {
    const path = { slug: this.#station.value.slug, id: this.track.id };
    await callAuthenticated(this.#session.value, to("DELETE /api/v1/stations/{slug}/tracks/{id}", { path }));
    this.#emit("removed", [this.track.id]);
  }

  #place(place: Place): void {
    this.#emit("place", place);
    this.#dialog?.close();
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

function fact(name: string, value: unknown): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}</dd>
  </div>`;
}

/** The changes that a form makes to a track; an empty field takes the old text away. */
function patchOf(track: TrackView, values: Record<string, string>): TrackPatch {
  const texts = ["title", "artist", "album", "genre", "label", "isrc"] as const;
  const asked = { ...values, isrc: (values["isrc"] ?? "").replaceAll("-", "").toUpperCase() };
  const textOf = (name: (typeof texts)[number]) => (asked as Record<string, string>)[name] ?? "";
  const changed = texts.filter((name) => textOf(name) !== track[name]);
  const year = Number(values["year"] ?? 0);
  const gain_db = Number(values["gain"] ?? track.gain_db);
  const [cue_in_ms, cue_out_ms] = [cueOf(values["cue_in"] ?? "0"), cueOf(values["cue_out"] ?? "0")];
  const shownOut = track.cue_out_ms ?? track.duration_ms;
  return {
    ...Object.fromEntries(changed.map((name) => [name, textOf(name)])),
    ...(year !== (track.year ?? 0) && { year }),
    ...(gain_db !== track.gain_db && { gain_db }),
    ...(isMoved(cue_in_ms, track.cue_in_ms) && { cue_in_ms }),
    // At the end of the file, there is none.
    ...(isMoved(cue_out_ms, shownOut) && { cue_out_ms: isMoved(cue_out_ms, track.duration_ms) ? cue_out_ms : 0 }),
  };
}

function cueOf(text: string): number {
  const place = placeOf(text);
  if (place !== undefined) return place;
  const message = msg(str`“${text}” isn’t a time. Write minutes and seconds, such as 1:02.5.`);
  throw new AwazError({ code: "no_time", message, retryable: false });
}

/** Tenths of a second are shown. */
function isMoved(one: number, other: number): boolean {
  return placeText(one) !== placeText(other);
}

customElements.define("awaz-track", TrackDialog);
