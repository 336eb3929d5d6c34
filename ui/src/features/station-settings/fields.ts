import { msg, str } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { languages } from "../../i18n/languages.ts";
import { languageName } from "../../i18n/locale.ts";
import { numberText } from "../../i18n/time.ts";
import { formValues } from "../../kit/form.ts";
import type { StationPatch, StationSettings } from "../../wire/schema.ts";
import "./links.ts";
import { linksOf } from "./links.ts";

const BITRATES = [64, 96, 128, 192, 256, 320] as const;

/** The fields of a station's settings, with what is set now. */
export function settingsFields(now: StationSettings): TemplateResult {
  return html`${nameField(now.name)}
    <label>
      ${msg("Description")}
      <textarea name="description" dir="auto" rows="3" maxlength="2000" .value=${now.description}></textarea>
    </label>
    <awaz-link-fields .links=${now.links}></awaz-link-fields>
    ${languageField(now.language)} ${timezoneField(now.timezone)} ${onAirFields(now)} ${bitrateField(now.bitrate_kbps)}`;
}

/** How live shows begin and end, and what is heard when they are silent. */
function onAirFields({ auto_live, auto_stop, dead_air_s }: StationSettings): TemplateResult {
  return html`<div class="field">
      <label class="check">
        <input type="checkbox" name="auto_live" aria-describedby="auto-live-hint" .checked=${auto_live} />
        ${msg("Go on air as soon as an encoder connects")}
      </label>
      <span class="hint" id="auto-live-hint"
        >${msg("If this is off, a connected encoder waits in preview until somebody presses Go live.")}</span
      >
    </div>
    <div class="field">
      <label class="check">
        <input type="checkbox" name="auto_stop" aria-describedby="auto-stop-hint" .checked=${auto_stop} />
        ${msg("End the show when its encoder does not come back")}
      </label>
      <span class="hint" id="auto-stop-hint"
        >${msg("If this is off, music plays until the encoder is back or somebody presses Stop.")}</span
      >
    </div>
    <label>
      ${msg("Seconds of silence before music plays")}
      <input
        type="number"
        name="dead_air_s"
        min="0"
        max="3600"
        required
        aria-describedby="dead-air-hint"
        .value=${String(dead_air_s)}
      />
      <span class="hint" id="dead-air-hint"
        >${msg("The show is back as soon as there is sound. 0 means that silence stays on air.")}</span
      >
    </label>`;
}

export function nameField(name = ""): TemplateResult {
  return html`<label>
    ${msg("Name")}
    <input name="name" dir="auto" required maxlength="200" autocomplete="off" .value=${name} />
  </label>`;
}

function bitrateField(now: number): TemplateResult {
  return html`<label>
    ${msg("Bitrate of the MP3 stream")}
    <select name="bitrate_kbps">
      ${BITRATES.map(
        (kbps) =>
          html`<option value=${kbps} .selected=${kbps === now}>${msg(str`${numberText(kbps)} kbit/s`)}</option>`,
      )}
    </select>
  </label>`;
}

/** The language of the station's page; by default each visitor's. */
export function languageField(now = ""): TemplateResult {
  const isOffered = !now || languages.some((language) => language === now);
  return html`<label>
    ${msg("Page language")}
    <select name="language">
      <option value="">${msg("Visitor’s language")}</option>
      ${(isOffered ? languages : [...languages, now]).map(
        (language) => html`<option value=${language} .selected=${language === now}>${languageName(language)}</option>`,
      )}
    </select>
  </label>`;
}

/** The station's time zone; by default the browser's. */
export function timezoneField(now = new Intl.DateTimeFormat().resolvedOptions().timeZone): TemplateResult {
  const known = Intl.supportedValuesOf("timeZone");
  return html`<label>
    ${msg("Time zone")}
    <select name="timezone">
      ${[...new Set([...known, "UTC", now])]
        .sort()
        .map((zone) => html`<option value=${zone} .selected=${zone === now}>${zone.replaceAll("_", " ")}</option>`)}
    </select>
  </label>`;
}

/** The settings that a form changes. The others are left out, since another owner may have changed them. */
export function changesOf(now: StationSettings, form: HTMLFormElement): StationPatch {
  const { name = "", description = "", language = "", timezone = "", bitrate_kbps, dead_air_s } = formValues(form);
  const after = {
    name,
    description,
    links: linksOf(form),
    auto_live: new FormData(form).has("auto_live"),
    auto_stop: new FormData(form).has("auto_stop"),
    dead_air_s: Number(dead_air_s),
    language,
    timezone,
    bitrate_kbps: Number(bitrate_kbps) as StationSettings["bitrate_kbps"],
  };
  const isChanged = ([key, value]: [string, unknown]) =>
    JSON.stringify(value) !== JSON.stringify(now[key as keyof typeof after]);
  return Object.fromEntries(Object.entries(after).filter(isChanged));
}
