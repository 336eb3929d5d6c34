import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import type { PlaylistRequest, PlaylistView } from "../../wire/schema.ts";
import { orders, weights } from "./playlist-text.ts";

type Values = Pick<PlaylistView, "name" | "order" | "weight">;

/** The fields of a playlist's form. */
export function playlistFields({ name, order, weight }: Values): TemplateResult {
  return html`<div class="field-grid">
    <label
      >${msg("Name")}
      <input name="name" dir="auto" required maxlength="80" autocomplete="off" .value=${name} />
    </label>
    <label
      >${msg("Order")}
      <select name="order" data-testid="playlist-order">
        ${orders().map(([each, text]) => html`<option value=${each} ?selected=${each === order}>${text}</option>`)}
      </select>
    </label>
    <label
      >${msg("How often AutoDJ plays it")}
      <select name="weight" data-testid="playlist-weight">
        ${weights().map(([each, text]) => html`<option value=${each} ?selected=${each === weight}>${text}</option>`)}
      </select>
    </label>
  </div>`;
}

/** The values of such a form. */
export function playlistValues({ name = "", order, weight }: Record<string, string>): PlaylistRequest {
  return { name, order: order as PlaylistView["order"], weight: Number(weight) };
}
