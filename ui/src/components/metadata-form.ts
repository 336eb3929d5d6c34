import { LitElement, html } from "lit";
import { to } from "../client/api.ts";
import { callAuthenticated } from "../client/http.ts";
import { RequestError } from "../client/request-error.ts";
import type { TokenSource } from "../client/http.ts";
import type { MetadataRequest } from "../wire/schema.ts";
import { Action } from "./action.ts";
import { formValues } from "./form.ts";
import { common, controls } from "./styles.ts";

const FIELDS = [
  { name: "title", label: "Title", maxLength: 500 },
  { name: "artist", label: "Artist", maxLength: 500 },
  { name: "show", label: "Show", maxLength: 200 },
  { name: "host", label: "Host", maxLength: 200 },
] as const satisfies readonly { name: keyof MetadataRequest; label: string; maxLength: number }[];

/** Updates the metadata on air; empty fields keep their current value. */
export class MetadataForm extends LitElement {
  static override properties = { slug: {}, session: {}, saved: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare saved: boolean;

  static override styles = [common, controls];

  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#submit} @input=${this.#reset}>
      <div class="field-grid">
        ${FIELDS.map(
          ({ name, label, maxLength }) =>
            html`<label>${label} <input name=${name} dir="auto" maxlength=${maxLength} autocomplete="off" /></label>`,
        )}
      </div>
      <div class="form-actions">
        <button class="primary" ?disabled=${busy}>Update</button>
        <span role="status" class=${this.saved ? "good" : "bad"} data-testid="metadata-result"
          >${this.saved ? "Updated. Listeners see it now." : problem}</span
        >
      </div>
    </form>`;
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
      throw new RequestError({ code: "invalid_input", message: "Fill in at least one field.", retryable: false });
    }
    const request = to("POST /api/v1/stations/{slug}/metadata", { path: { slug: this.slug }, body: values });
    await callAuthenticated(this.session, request);
  }
}

customElements.define("awaz-metadata-form", MetadataForm);
