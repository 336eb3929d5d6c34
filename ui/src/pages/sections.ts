import { html, nothing, type TemplateResult } from "lit";

/** A part of a page under an address of its own: `#<id>`, or `#<id>=<detail>`. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly content: () => TemplateResult;
  /** Kept on the page while another is shown, so that nothing typed is lost. */
  readonly stays?: boolean;
}

/** What follows the `=` in the page's address, for the section that is on. */
export function detailOf(id: string): string | undefined {
  const [name, detail] = location.hash.slice(1).split("=");
  return name === id ? detail : undefined;
}

/** Links to the sections, and the one that is on: the first where the address names none. */
export function sections(label: string, all: readonly Section[]): TemplateResult {
  const named = location.hash.slice(1).split("=")[0];
  const on = all.find(({ id }) => id === named) ?? all[0];
  return html`${all.length > 1
      ? html`<nav class="sections" aria-label=${label}>
          ${all.map(
            ({ id, name }) =>
              html`<a href="#${id}" data-testid="section-${id}" aria-current=${id === on?.id ? "page" : nothing}
                >${name}</a
              >`,
          )}
        </nav>`
      : nothing}
    ${all.map((section) =>
      section === on || section.stays
        ? html`<div class="section" ?hidden=${section !== on}>${section.content()}</div>`
        : nothing,
    )}`;
}

/** A section that is one card. */
export function card(title: string, note: string, content: TemplateResult): TemplateResult {
  return html`<section class="card">
    <h2>${title}</h2>
    ${note ? html`<p class="note">${note}</p>` : nothing} ${content}
  </section>`;
}
