import { html, nothing, type TemplateResult } from "lit";

/** A section of a page, with the address `#<id>` or `#<id>=<detail>`. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly content: () => TemplateResult;
  /** Whether it stays in the document while another section is shown, so that form input is kept. */
  readonly keepMounted?: boolean;
}

/** The detail in the page's address, if it names this section. */
export function sectionDetail(id: string): string | undefined {
  const [name, detail] = location.hash.slice(1).split("=");
  return name === id ? detail : undefined;
}

/** The navigation and the section that the address names, by default the first. */
export function sections(label: string, all: readonly Section[]): TemplateResult {
  const hash = location.hash.slice(1).split("=")[0];
  const active = all.find(({ id }) => id === hash) ?? all[0];
  return html`${
    all.length > 1
      ? html`<nav class="sections" aria-label=${label}>
          ${all.map(
            ({ id, name }) =>
              html`<a href="#${id}" data-testid="section-${id}" aria-current=${id === active?.id ? "page" : nothing}
                >${name}</a
              >`,
          )}
        </nav>`
      : nothing
  }
  ${all.map((section) =>
    section === active || section.keepMounted
      ? html`<div class="section" ?hidden=${section !== active}>${section.content()}</div>`
      : nothing,
  )}`;
}

/** A card with a heading and an optional note. */
export function card(title: string, note: string, content: TemplateResult): TemplateResult {
  return html`<section class="card">
    <h2>${title}</h2>
    ${note ? html`<p class="note">${note}</p>` : nothing} ${content}
  </section>`;
}
