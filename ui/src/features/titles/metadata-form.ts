import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { html } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { AwazError } from "../../sdk/errors.ts";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import type { MetadataRequest } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls } from "../../kit/styles.ts";

const fields = () =>
  [
    { name: "title", label: msg("Title"), maxLength: 500 },
    { name: "artist", label: msg("Artist"), maxLength: 500 },
    { name: "show", label: msg("Show", { id: "show-name" }), maxLength: 200 },
    { name: "host", label: msg("Host"), maxLength: 200 },
  ] as const satisfies readonly { name: keyof MetadataRequest; label: string; maxLength: number }[];

/** Updates the metadata on air; empty fields keep their current value. */
export class MetadataForm extends AwazElement {
  static override properties = { saved: { state: true } };
  declare saved: boolean;

  static override styles = [common, controls];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  /** What is heard now, which empty fields keep. */
  readonly #current = ofStation(this, ({ metadata }) => metadata);
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit} @input=${this.#reset}>
      <div class="field-grid">
        ${fields().map(
          ({ name, label, maxLength }) =>
            html`<label
              >${label}
              <input name=${name} dir="auto" maxlength=${maxLength} autocomplete="off" placeholder=${this.#now(name)}
            /></label>`,
        )}
      </div>
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>${msg("Update")}</button>
        <span role="status" class=${this.saved ? "good" : "bad"} data-testid="metadata-result"
          >${this.saved ? msg("Updated. Listeners see it now.") : problem}</span
        >
      </div>
    </form>`;
  }

  #now(name: keyof MetadataRequest): string {
    const { track, show = "", host = "" } = this.#current.value ?? {};
    return { title: track?.title ?? "", artist: track?.artist ?? "", show, host }[name];
  }

  #reset(): void {
    this.saved = false;
    this.#action.clearProblem();
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.#reset();
    this.saved = await this.#action.run(() => this.#send(formValues(form)));
    if (this.saved) form.reset();
  };

  async #send(values: Record<string, string>): Promise<void> {
    if (!Object.keys(values).length) {
      throw new AwazError({ code: "unfilled", message: msg("Fill in at least one field."), retryable: false });
    }
    const request = to("POST /api/v1/stations/{slug}/metadata", { path: this.#station.value, body: values });
    await callAuthenticated(this.#session.value, request);
  }
}

customElements.define("awaz-metadata-form", MetadataForm);
