import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import type { SharedPatch, TrackView } from "../../wire/schema.ts";

type Texts = Partial<Pick<TrackView, "artist" | "album" | "genre" | "label" | "year">>;

const shared = () =>
  [
    { name: "artist", label: msg("Artist"), maxLength: 255 },
    { name: "album", label: msg("Album"), maxLength: 255 },
    { name: "genre", label: msg("Genre"), maxLength: 80 },
    { name: "label", label: msg("Record label"), maxLength: 120 },
  ] as const;

/** The fields that several tracks may have in common. */
export function sharedFields(values: Texts): TemplateResult {
  return html`<div class="field-grid">
    ${shared().map(
      ({ name, label, maxLength }) =>
        html`<label
          >${label}
          <input name=${name} dir="auto" maxlength=${maxLength} autocomplete="off" .value=${values[name] ?? ""}
        /></label>`,
    )}
    <label
      >${msg("Year")}
      <input
        name="year"
        inputmode="numeric"
        pattern="1[89][0-9][0-9]|20[0-9][0-9]"
        title=${msg("A year, such as 1974")}
        maxlength="4"
        autocomplete="off"
        .value=${values.year === undefined ? "" : String(values.year)}
    /></label>
  </div>`;
}

/** The change that a form asks for; a field that is empty, or as it was, is left out. */
export function sharedPatch(values: Record<string, string>, before: Texts): SharedPatch {
  const isChanged = (name: keyof Texts) => values[name] !== undefined && values[name] !== String(before[name] ?? "");
  const texts = shared().filter(({ name }) => isChanged(name));
  return {
    ...Object.fromEntries(texts.map(({ name }) => [name, values[name]])),
    ...(isChanged("year") && { year: Number(values["year"]) }),
  };
}
