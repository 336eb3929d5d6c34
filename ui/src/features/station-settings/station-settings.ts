import { msg } from "@lit/localize";
import { html } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { settingsFields, settingsOf } from "./fields.ts";

/** A station's name, description and bitrate, to be changed; fires `station-changed`. */
export class StationSettingsForm extends AwazElement {
  static override properties = { saved: { state: true } };
  declare private saved: boolean;

  static override styles = [common, controls];

  readonly #station = new FromPage(this, stationContext);
  readonly #settings = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/settings", { path: this.#station.value }),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return this.#settings.render(
      (settings) =>
        html`<form @submit=${this.#save} @input=${() => (this.saved = false)}>
          ${settingsFields(settings)}
          <p class="muted">${msg("A new bitrate restarts the stream: listeners hear a short gap.")}</p>
          <div class="form-actions">
            <button class="primary" data-testid="settings-save" ?disabled=${busy}>${msg("Save")}</button>
            <span role="status" class=${this.saved ? "good" : "bad"} data-testid="settings-result"
              >${this.saved ? msg("Saved.") : problem}</span
            >
          </div>
        </form>`,
    );
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const body = settingsOf(formValues(event.target as HTMLFormElement));
    const request = to("PATCH /api/v1/stations/{slug}", { path: this.#station.value, body });
    this.saved = await this.#action.run(() => this.#settings.mutate(request));
    if (this.saved) this.dispatchEvent(new CustomEvent("station-changed", { bubbles: true, composed: true }));
  };
}

customElements.define("awaz-station-settings", StationSettingsForm);
