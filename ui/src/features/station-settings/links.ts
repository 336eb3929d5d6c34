import { msg, str } from "@lit/localize";
import { html } from "lit";
import { numberText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import type { LinkView } from "../../wire/schema.ts";

const MAX_LINKS = 8;

/** The links of a station's page as fields of the form around: `link_name` and `link_url`, a pair for each. */
export class LinkFields extends AwazElement {
  static override properties = { links: {}, count: { state: true } };
  declare links: readonly LinkView[] | undefined;
  /** How many pairs are shown; undefined for as many as there are links. */
  declare private count: number | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    const { links = [] } = this;
    const count = this.count ?? links.length;
    return html`<fieldset>
      <legend>${msg("Links")}</legend>
      ${Array.from({ length: count }, (_, index) => fields(index, links[index]))}
      <button
        type="button"
        class="secondary"
        data-testid="link-add"
        ?disabled=${count >= MAX_LINKS}
        @click=${() => (this.count = count + 1)}
      >
        ${msg("Add link")}
      </button>
    </fieldset>`;
  }
}

function fields(index: number, link: LinkView | undefined) {
  const number = numberText(index + 1);
  return html`<div class="field-grid">
    <input
      name="link_name"
      dir="auto"
      maxlength="40"
      autocomplete="off"
      aria-label=${msg(str`Name of link ${number}`)}
      placeholder="Instagram"
      .value=${link?.name ?? ""}
    />
    <input
      name="link_url"
      type="url"
      dir="ltr"
      maxlength="300"
      pattern="https?://.+"
      autocomplete="off"
      aria-label=${msg(str`Address of link ${number}`)}
      placeholder="https://"
      .value=${link?.url ?? ""}
    />
  </div>`;
}

/** The links that a form asks for: without the pairs that are empty, and with addresses in ASCII. */
export function linksOf(form: HTMLFormElement): LinkView[] {
  const data = new FormData(form);
  const [names, urls] = ["link_name", "link_url"].map((name) => data.getAll(name).map((value) => textOf(value)));
  return (urls ?? []).flatMap((url, index) => (url ? [{ name: names?.[index] ?? "", url: new URL(url).href }] : []));
}

function textOf(value: FormDataEntryValue): string {
  return typeof value === "string" ? value.trim() : "";
}

customElements.define("awaz-link-fields", LinkFields);
