import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";

/** A section of a page, with the address `<page>/<id>` or `<page>/<id>/<detail>`. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly icon?: TemplateResult;
  /** Shown after the name in the navigation. */
  readonly state?: TemplateResult;
  readonly content: () => TemplateResult;
  /** Whether it stays in the document while another section is shown, so that form input is kept. */
  readonly keepMounted?: boolean;
}

/** The parts of the page's address that follow a path: a section's id, and its detail. */
export function partsBelow(path: string): readonly string[] {
  return location.pathname.startsWith(`${path}/`) ? location.pathname.slice(path.length + 1).split("/") : [];
}

/** The section that the address names, by default the first, of the page at a path; undefined if there is none. */
export function activeSection(path: string, all: readonly Section[]): Section | undefined {
  const [named] = partsBelow(path);
  return named === undefined ? all[0] : all.find(({ id }) => id === named);
}

/** The navigation and the active section of the page at a path. */
export function sections(label: string, path: string, all: readonly Section[]): TemplateResult {
  const active = activeSection(path, all);
  return html`${
    all.length > 1
      ? html`<nav class="sections ${all.some(({ icon }) => icon) ? "rail" : ""}" aria-label=${label}>
          ${all.map(
            ({ id, name, icon, state }) =>
              html`<a
                href="${path}/${id}"
                data-testid="section-${id}"
                aria-current=${id === active?.id ? "page" : nothing}
                >${icon ?? nothing}${name}${state ?? nothing}</a
              >`,
          )}
        </nav>`
      : nothing
  }
  ${active ? nothing : html`<p class="problem" data-testid="no-section">${msg("Page not found.")}</p>`}
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
