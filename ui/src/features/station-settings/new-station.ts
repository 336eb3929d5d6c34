import { msg } from "@lit/localize";
import { html, nothing } from "lit";
import { FromPage, sessionContext } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { modal } from "../../kit/modal.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { languageField, nameField, timezoneField } from "./fields.ts";

/** A button that creates a station, with a dialog that asks for what cannot be guessed; fires `station-added`. */
export class NewStation extends AwazElement {
  static override properties = { forOthers: { type: Boolean }, open: { state: true }, suggested: { state: true } };
  /** Whether the station may be for another owner. */
  declare forOthers: boolean;
  declare private open: boolean;
  /** The address that is made of the name; empty if it has no Latin letter to make one of. */
  declare private suggested: string | undefined;

  static override styles = [common, controls];

  readonly #session = new FromPage(this, sessionContext);
  readonly #action = new Action(this);

  override render() {
    return html`<button class="secondary" data-testid="station-add" @click=${() => this.#show(true)}>
        ${msg("New station")}
      </button>
      ${this.open ? this.#dialog() : nothing}`;
  }

  #dialog() {
    const { busy, problem } = this.#action;
    return html`<dialog aria-labelledby="title" data-testid="station-new" ${modal()} @close=${() => this.#show(false)}>
      <form @submit=${this.#add}>
        <h2 id="title">${msg("New station")}</h2>
        <div @input=${this.#suggest}>${nameField()}</div>
        <div class="field">
          <label for="slug">${msg("Address (optional)")}</label>
          <input
            id="slug"
            name="slug"
            dir="ltr"
            pattern="[a-z0-9\\-]{1,40}"
            title=${msg("Small Latin letters, digits and hyphens")}
            maxlength="40"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            placeholder=${this.suggested ?? "radio-lahore"}
            ?required=${this.suggested === ""}
            aria-describedby="slug-hint"
          />
          <span class="hint" id="slug-hint"
            >${msg("For the page’s link and the encoder; it can’t be changed later. Without one, it’s made from the name.")}</span
          >
        </div>
        ${languageField()} ${timezoneField()}
        ${
          this.forOthers
            ? html`<label>
                ${msg("Owner (username)")}
                <input name="owner" autocapitalize="none" maxlength="64" autocomplete="off" placeholder=${msg("You")} />
              </label>`
            : nothing
        }
        <p class="bad" role="alert" data-testid="station-problem" ?hidden=${!problem}>${problem}</p>
        <div class="form-actions">
          <button class="primary" data-testid="station-create" ?disabled=${busy}>${msg("Create")}</button>
          <button class="secondary" type="button" @click=${() => this.#show(false)}>${msg("Cancel")}</button>
        </div>
      </form>
    </dialog>`;
  }

  #show(open: boolean): void {
    this.#action.clearProblem();
    this.open = open;
    this.suggested = undefined;
  }

  readonly #suggest = ({ target }: Event): void => {
    const name = (target as HTMLInputElement).value.trim();
    this.suggested = name ? slugOf(name) : undefined;
  };

  readonly #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { name = "", slug, language = "", timezone = "", owner } = formValues(event.target as HTMLFormElement);
    const body = { name, language, timezone, ...(slug && { slug }), ...(owner && { owner }) };
    await this.#action.run(async () => {
      const detail = await callAuthenticated(this.#session.value, to("POST /api/v1/stations", { body }));
      this.#show(false);
      this.dispatchEvent(new CustomEvent("station-added", { detail }));
    });
  };
}

/** The address that the server makes of a name, if nobody else has it. */
function slugOf(name: string): string {
  const ascii = name
    .normalize("NFKD")
    .replaceAll(/[\u0080-\u{10ffff}]/gu, "")
    .toLowerCase();
  return ascii
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 40)
    .replaceAll(/^-|-$/g, "");
}

customElements.define("awaz-new-station", NewStation);
