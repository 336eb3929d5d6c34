import { msg, str } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { languages } from "../../i18n/languages.ts";
import { languageName } from "../../i18n/locale.ts";
import { numberText } from "../../i18n/time.ts";
import type { StationPatch, StationSettings } from "../../wire/schema.ts";

const BITRATES = [64, 96, 128, 192, 256, 320] as const;

/** The fields of a station's settings, with what is set now. */
export function settingsFields(now?: StationSettings): TemplateResult {
  const bitrate = now?.bitrate_kbps ?? 128;
  return html`<label>
      ${msg("Name")}
      <input name="name" dir="auto" required maxlength="200" autocomplete="off" .value=${now?.name ?? ""} />
    </label>
    <label>
      ${msg("Description")}
      <textarea name="description" dir="auto" rows="3" maxlength="2000" .value=${now?.description ?? ""}></textarea>
    </label>
    <label>
      ${msg("Bitrate of the MP3 stream")}
      <select name="bitrate_kbps">
        ${BITRATES.map(
          (kbps) =>
            html`<option value=${kbps} .selected=${kbps === bitrate}>${msg(str`${numberText(kbps)} kbit/s`)}</option>`,
        )}
      </select>
    </label>
    <label>
      ${msg("Page language")}
      <select name="language">
        <option value="">${msg("Visitor’s language")}</option>
        ${offered(now?.language).map(
          (language) =>
            html`<option value=${language} .selected=${language === now?.language}>${languageName(language)}</option>`,
        )}
      </select>
    </label>`;
}

/** The languages of the pages, and the one that is set, if it is another. */
function offered(set = ""): readonly string[] {
  return !set || languages.some((language) => language === set) ? languages : [...languages, set];
}

/** What such a form asks for; a description may be emptied. */
export function settingsOf({ name = "", description = "", language = "", bitrate_kbps }: Record<string, string>) {
  return {
    name,
    description,
    language,
    bitrate_kbps: Number(bitrate_kbps) as NonNullable<StationPatch["bitrate_kbps"]>,
  };
}
