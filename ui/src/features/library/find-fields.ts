import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";

/** A field for words to search; called back as they are typed. */
export function searchField(onSearch: (search: string) => void): TemplateResult {
  return html`<label
    >${msg("Search")}
    <input
      type="search"
      dir="auto"
      maxlength="200"
      autocomplete="off"
      data-testid="track-search"
      placeholder=${msg("Title, artist, album, genre or file")}
      @input=${(event: Event) => onSearch((event.target as HTMLInputElement).value.trim())}
    />
  </label>`;
}

/** A choice among options, each with its name. */
export function choice<Option extends string>(
  label: string,
  testId: string,
  options: readonly (readonly [Option, string])[],
  chosen: Option,
  onChoice: (option: Option) => void,
): TemplateResult {
  const onChange = (event: Event) => onChoice((event.target as HTMLSelectElement).value as Option);
  return html`<label
    >${label}
    <select data-testid=${testId} @change=${onChange}>
      ${options.map(([option, name]) => html`<option value=${option} ?selected=${option === chosen}>${name}</option>`)}
    </select>
  </label>`;
}
