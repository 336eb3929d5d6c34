import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import type { BanRequest } from "../../wire/schema.ts";

const HOUR_S = 3600;
const PERMANENT = "";
const durations = (): readonly (readonly [seconds: number | typeof PERMANENT, label: string])[] => [
  [HOUR_S, msg("1 hour")],
  [24 * HOUR_S, msg("1 day")],
  [30 * 24 * HOUR_S, msg("30 days")],
  [PERMANENT, msg("Permanent")],
];

/** The fields of a form that bans somebody: for how long, and why. */
export function banFields(): TemplateResult {
  return html`<label>
      ${msg("Duration")}
      <select name="seconds">
        ${durations().map(([seconds, label]) => html`<option value=${seconds}>${label}</option>`)}
      </select>
    </label>
    <div class="field">
      <label for="reason">${msg("Reason (optional)")}</label>
      <input id="reason" name="reason" dir="auto" maxlength="200" autocomplete="off" aria-describedby="reason-hint" />
      <span class="hint" id="reason-hint">${msg("They will see it.")}</span>
    </div>`;
}

/** The ban that such a form asks for. */
export function banOf(user_id: string, { reason = "", seconds }: Record<string, string>): BanRequest {
  return { user_id, reason, ...(seconds && { seconds: Number(seconds) }) };
}
