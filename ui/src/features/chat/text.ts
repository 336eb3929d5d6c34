import { html, type TemplateResult } from "lit";
import { tokenize } from "linkifyjs";
import { userText } from "../../kit/user-text.ts";

/** A message, whose links can be followed: those that begin with http:// or https://, as their text says. */
export function messageText(text: string): TemplateResult {
  const parts = tokenize(text).map((token) => {
    const shown = token.toString();
    return token.isLink && /^https?:\/\//i.test(shown)
      ? html`<a href=${shown} target="_blank" rel="nofollow ugc noopener noreferrer" dir="ltr">${shown}</a>`
      : userText(shown);
  });
  return html`<bdi dir="auto">${parts}</bdi>`;
}
