import { html, type TemplateResult } from "lit";
import { scriptOf } from "./script.ts";

/** Text from outside, kept from turning the words around it. */
export function said(text: string, testId?: string): TemplateResult {
  const script = scriptOf(text);
  return testId
    ? html`<bdi dir="auto" class=${script} data-testid=${testId}>${text}</bdi>`
    : html`<bdi dir="auto" class=${script}>${text}</bdi>`;
}
