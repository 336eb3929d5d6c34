import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import { formatLocale } from "../i18n/locale.ts";
import { runsOf, type Run } from "../i18n/script.ts";

/**
 * Text from users or encoders, isolated so that its direction does not affect the text around it. Runs in Arabic script
 * have their language, by which they get their typeface and screen readers their voice.
 */
export function userText(text: string, testId?: string): TemplateResult {
  return html`<bdi dir="auto" data-testid=${ifDefined(testId)}>${runsOf(text).map(runText)}</bdi>`;
}

/** The artist of a track; what is told instead where there is none. */
export function artistText(artist: string): TemplateResult | string {
  return artist ? userText(artist) : msg("Unknown artist");
}

/** Names from users as a list in the page's language, each isolated as by `userText`. */
export function userNames(names: readonly string[]): (TemplateResult | string)[] {
  const parts = new Intl.ListFormat(formatLocale(), { style: "narrow" }).formatToParts(names);
  return parts.map(({ type, value }) => (type === "element" ? userText(value) : value));
}

function runText({ text, lang }: Run): TemplateResult | string {
  return lang === undefined ? text : html`<span lang=${lang}>${text}</span>`;
}
