import { msg } from "@lit/localize";
import { css, html } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import "../../kit/picture-field.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { emblem, groundOf } from "../../kit/roundel.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import type { StationSettings } from "../../wire/schema.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { changesOf, settingsFields } from "./fields.ts";
import { removeStation } from "./remove.ts";

/** A station's settings, to be changed; fires `station-changed`, or `station-removed`. */
export class StationSettingsForm extends AwazElement {
  static override properties = { saved: { state: true } };
  declare private saved: boolean;

  static override styles = [
    common,
    controls,
    roundelStyles,
    css`
      .own-picture {
        display: flex;
        align-items: center;
        gap: 1rem;
        margin-block-end: 1.25rem;
      }
      .disc {
        flex: none;
        inline-size: 5.5rem;
      }
      h3 {
        margin-block: 2rem 0.75rem;
        font-size: var(--text-body);
      }
      .own-picture h3 {
        margin-block: 0 0.5rem;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #settings = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/settings", { path: this.#station.value }),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return this.#settings.render(
      (settings) =>
        html`<div class="own-picture">
            <span class="disc" data-ground=${groundOf(settings.slug)}>${emblem(settings.slug, settings.art_url)}</span>
            <div>
              <h3>${msg("Picture")}</h3>
              <awaz-picture-field
                .hasPicture=${settings.art_url !== undefined}
                .run=${this.#setPicture}
              ></awaz-picture-field>
            </div>
          </div>
          <form @submit=${(event: SubmitEvent) => this.#save(event, settings)} @input=${() => (this.saved = false)}>
            ${settingsFields(settings)}
            <p class="muted">${msg("A new bitrate restarts the stream: listeners hear a short gap.")}</p>
            <div class="form-actions">
              <button class="primary" data-testid="settings-save" ?disabled=${busy}>${msg("Save")}</button>
              <span role="status" class=${this.saved ? "good" : "bad"} data-testid="settings-result"
                >${this.saved ? msg("Saved.") : problem}</span
              >
            </div>
          </form>
          <h3>${msg("Remove this station")}</h3>
          ${removeStation(settings, () => this.#remove())}`,
    );
  }

  async #remove(): Promise<void> {
    const request = to("DELETE /api/v1/stations/{slug}", { path: this.#station.value });
    await callAuthenticated(this.#session.value, request);
    this.#tell("station-removed");
  }

  #tell(event: "station-changed" | "station-removed"): void {
    this.dispatchEvent(new CustomEvent(event, { bubbles: true, composed: true }));
  }

  readonly #setPicture = async (picture: File | undefined): Promise<void> => {
    const path = this.#station.value;
    const request = picture
      ? to("PUT /api/v1/stations/{slug}/art", { path, body: picture })
      : to("DELETE /api/v1/stations/{slug}/art", { path });
    await callAuthenticated(this.#session.value, request);
    await this.#settings.fetch();
  };

  async #save(event: SubmitEvent, settings: StationSettings): Promise<void> {
    event.preventDefault();
    const body = changesOf(settings, event.target as HTMLFormElement);
    const request = to("PATCH /api/v1/stations/{slug}", { path: this.#station.value, body });
    this.saved = await this.#action.run(async () => {
      if (Object.keys(body).length) await this.#settings.mutate(request);
    });
    if (this.saved) this.#tell("station-changed");
  }
}

customElements.define("awaz-station-settings", StationSettingsForm);
