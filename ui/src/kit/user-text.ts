import { html, type TemplateResult } from "lit";
import { ifDefined } from "lit/directives/if-defined.js";
import { runsOf, type Run } from "../i18n/script.ts";

/**
 * Text from users or encoders, isolated so that its direction does not affect the text around it. Runs in Arabic script
 * have their language, by which they get their typeface and screen readers their voice.
 */
export function userText(text: string, testId?: string): TemplateResult {
  return html`<bdi dir="auto" data-testid=${ifDefined(testId)}>${runsOf(text).map(runText)}</bdi>`;
}

function runText({ text, lang }: Run): TemplateResult | string {
  return lang === undefined ? text : html`<span lang=${lang}>${text}</span>`;
}
