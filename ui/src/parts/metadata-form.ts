import { LitElement, html } from "lit";
import { ApiError, callApi } from "../client/http.ts";
import type { TokenSource } from "../client/session.ts";
import { formStyles } from "./form.css.ts";
import { common } from "./styles.ts";

const FIELDS = [
  { name: "title", label: "Title", longest: 500 },
  { name: "artist", label: "Artist", longest: 500 },
  { name: "show", label: "Show", longest: 200 },
  { name: "host", label: "Host", longest: 200 },
] as const;

/** Says what is on; a field that is left empty stays as it is on air. */
export class MetadataForm extends LitElement {
  static override properties = { slug: {}, session: {}, answer: { state: true }, busy: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare answer: { good: boolean; text: string } | undefined;
  declare busy: boolean;

  static override styles = [common, formStyles];

  override render() {
    return html`<form @submit=${this.#submit} @input=${() => (this.answer = undefined)}>
      <div class="pair">
        ${FIELDS.map(
          ({ name, label, longest }) =>
            html`<label>${label} <input name=${name} dir="auto" maxlength=${longest} autocomplete="off" /></label>`,
        )}
      </div>
      <div class="end">
        <button class="main" ?disabled=${this.busy}>Put on air</button>
        <span role="status" class=${this.answer?.good ? "good" : "bad"} data-testid="metadata-answer"
          >${this.answer?.text ?? ""}</span
        >
      </div>
    </form>`;
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const filled = [...new FormData(form)]
      .map(([name, value]) => [name, String(value).trim()] as const)
      .filter(([, value]) => value);
    if (!filled.length) {
      this.answer = { good: false, text: "Fill in at least one field." };
      return;
    }
    this.busy = true;
    try {
      const token = await this.session.token();
      await callApi(`stations/${this.slug}/metadata`, { method: "POST", body: Object.fromEntries(filled), token });
      this.answer = { good: true, text: "On air." };
      form.reset();
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) this.session.refused();
      this.answer = { good: false, text: error instanceof ApiError ? error.message : "Please sign in again." };
    } finally {
      this.busy = false;
    }
  };
}

customElements.define("awaz-metadata-form", MetadataForm);
