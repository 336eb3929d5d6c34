import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import "../../kit/confirm.ts";
import { userText } from "../../kit/user-text.ts";
import type { StationSettings } from "../../wire/schema.ts";

/** A button that removes a station, once its name has been typed. */
export function removeStation({ name }: StationSettings, run: () => Promise<unknown>): TemplateResult {
  return html`<awaz-confirm
    .label=${msg("Remove")}
    .question=${msg(html`Remove ${userText(name)} with its keys, history and tracks? Its listeners will be cut off.`)}
    .toType=${name}
    .run=${run}
    testId="station-remove"
  ></awaz-confirm>`;
}
