import { LitElement, html } from "lit";
import { callAs } from "../client/http.ts";
import { Refusal } from "../client/refusal.ts";
import type { TokenSource } from "../client/session.ts";
import { filledIn } from "./fields.ts";
import { common, controls } from "./styles.ts";
import { Work } from "./work.ts";

const FIELDS = [
  { name: "title", label: "Title", longest: 500 },
  { name: "artist", label: "Artist", longest: 500 },
  { name: "show", label: "Show", longest: 200 },
  { name: "host", label: "Host", longest: 200 },
] as const;

/** Says what is on; a field that is left empty stays as it is on air. */
export class MetadataForm extends LitElement {
  static override properties = { slug: {}, session: {}, done: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare done: boolean;

  static override styles = [common, controls];

  readonly #work = new Work(this);

  override render() {
    const { busy, problem } = this.#work;
    return html`<form @submit=${this.#submit} @input=${this.#forget}>
      <div class="pair">
        ${FIELDS.map(
          ({ name, label, longest }) =>
            html`<label>${label} <input name=${name} dir="auto" maxlength=${longest} autocomplete="off" /></label>`,
        )}
      </div>
      <div class="end">
        <button class="main" ?disabled=${busy}>Put on air</button>
        <span role="status" class=${this.done ? "good" : "bad"} data-testid="metadata-answer"
          >${this.done ? "On air." : problem}</span
        >
      </div>
    </form>`;
  }

  #forget(): void {
    this.done = false;
    this.#work.forget();
  }

  readonly #submit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    this.#forget();
    this.done = await this.#work.run(() => this.#send(filledIn(form)));
    if (this.done) form.reset();
  };

  async #send(filled: Record<string, string>): Promise<void> {
    if (!Object.keys(filled).length) {
      throw new Refusal({ code: "invalid_input", message: "Fill in at least one field.", retryable: false });
    }
    await callAs(this.session, `stations/${this.slug}/metadata`, { method: "POST", body: filled });
  }
}

customElements.define("awaz-metadata-form", MetadataForm);
