import { html, type TemplateResult } from "lit";
import { scriptOf } from "./script.ts";

/** Text from users or encoders, isolated so that its direction does not affect the text around it. */
export function userText(text: string, testId?: string): TemplateResult {
  const script = scriptOf(text);
  return testId
    ? html`<bdi dir="auto" class=${script} data-testid=${testId}>${text}</bdi>`
    : html`<bdi dir="auto" class=${script}>${text}</bdi>`;
}
