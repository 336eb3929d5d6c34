import { chooseTheme, currentTheme, themes, type Theme } from "../app/theme.ts";
import "../features/appearance/language-choice.ts";
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { whenText } from "../i18n/time.ts";
import "../kit/roundel.ts";
import { userText } from "../kit/user-text.ts";
import type { BanNotice, LinkView, StationView } from "../wire/schema.ts";

const logo = html`<svg viewBox="-50 -50 100 100" width="30" height="30" aria-hidden="true" focusable="false">
  <circle r="48" fill="var(--panel)" />
  <circle r="36" fill="none" stroke="#f4f1ea" stroke-width="5.5" stroke-dasharray="0 14.137" stroke-linecap="round" />
  <circle r="22" fill="var(--roundel-red)" stroke="#f4f1ea" stroke-width="3" />
</svg>`;

export function header(end: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<header class="top">
    <a class="brand" href="/"
      >${logo}<span>Awaz Pulse</span><span class="urdu" lang="ur" role="img" aria-label="آواز"></span
    ></a>
    ${end}
  </header>`;
}

type Link = readonly [href: string, text: string, inNewTab?: boolean];

export function footer(links: readonly Link[], more: TemplateResult | typeof nothing = nothing): TemplateResult {
  return footerOf(links, html`${more} ${themeChoice()} <awaz-language></awaz-language>`);
}

/** The footer of a page that is in English alone. */
export function englishFooter(links: readonly Link[]): TemplateResult {
  return footerOf(links, themeChoice());
}

function footerOf(links: readonly Link[], more: TemplateResult): TemplateResult {
  return html`<footer>
    ${links.map(([href, text, inNewTab]) => html`<a href=${href} target=${inNewTab ? "_blank" : nothing}>${text}</a>`)}
    ${more}
  </footer>`;
}

function themeChoice(): TemplateResult {
  const names: Record<Theme, string> = { system: msg("System"), light: msg("Light"), dark: msg("Dark") };
  return html`<label class="theme"
    >${msg("Appearance")}
    <select data-testid="theme" @change=${(event: Event) => chooseTheme((event.target as HTMLSelectElement).value)}>
      ${themes.map((theme) => html`<option value=${theme} ?selected=${theme === currentTheme()}>${names[theme]}</option>`)}
    </select>
  </label>`;
}

/** Page content that consists of a heading and a sentence. */
export function notice(
  title: string,
  text: string | TemplateResult,
  action: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<section class="notice">
    <awaz-roundel .name=${title}></awaz-roundel>
    <h1>${title}</h1>
    <p>${text}</p>
    ${action}
  </section>`;
}

/** Page content for whoever is banned: why, and until when. The page tries again by itself. */
export function banNotice(title: string, ban: BanNotice | undefined): TemplateResult {
  const { reason, until } = ban ?? {};
  const text = html`${reason ? html`${msg(html`Reason: ${userText(reason)}`)}<br />` : nothing}
  ${until === undefined ? nothing : html`${msg(str`Until ${whenText(until)}.`)}<br />`}
  ${msg("This page reopens automatically once you’re unbanned.")}`;
  return html`<div data-testid="banned">${notice(title, text)}</div>`;
}

/** A station's description, and its links. */
export function about({ description, links = [] }: Partial<Pick<StationView, "description" | "links">> = {}) {
  return html`${description ? html`<p class="about">${userText(description)}</p>` : nothing}
  ${links.length ? html`<p class="links" data-testid="links">${links.map(stationLink)}</p>` : nothing}`;
}

/** The other site gets no referrer, and search engines give it no rank from here. */
function stationLink({ name, url }: LinkView): TemplateResult {
  return html`<a href=${url} target="_blank" rel="noopener noreferrer nofollow ugc">${userText(name)}</a>`;
}
