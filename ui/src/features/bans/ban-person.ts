import { msg, str } from "@lit/localize";
import { html, nothing } from "lit";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import type { BanRequest } from "../../wire/schema.ts";
import { banFields, banOf } from "./fields.ts";

export interface Person {
  readonly user_id: string;
  readonly name: string;
}

/** A button that bans somebody, for a time and with a reason that a dialog asks for. */
export class BanPerson extends AwazElement {
  static override properties = { person: {}, offersAll: { type: Boolean }, run: {} };
  declare person: Person;
  /** Whether the user may choose to ban them from every station. */
  declare offersAll: boolean;
  declare run: (ban: BanRequest, fromAll: boolean) => Promise<unknown>;

  static override styles = [common, controls];

  readonly #action = new Action(this);

  override render() {
    const { name } = this.person;
    const { busy, problem } = this.#action;
    return html`<button
        class="secondary"
        data-testid="ban-person"
        aria-label=${msg(str`Ban ${name}`)}
        @click=${() => this.#dialog?.showModal()}
      >
        ${msg("Ban")}
      </button>
      <dialog aria-labelledby="title" data-testid="ban-dialog">
        <form @submit=${this.#ban}>
          <h2 id="title">${msg(html`Ban ${userText(name)}`)}</h2>
          <p class="muted">
            ${msg("They’re disconnected at once and can’t use the page. They can still hear the stream in another player.")}
          </p>
          ${banFields()}
          ${
            this.offersAll
              ? html`<label class="check">
                  <input type="checkbox" name="from_all" data-testid="ban-from-all" /> ${msg("Ban from every station")}
                </label>`
              : nothing
          }
          <p class="bad" role="alert" ?hidden=${!problem}>${problem}</p>
          <div class="form-actions">
            <button class="primary danger" data-testid="ban-confirm" ?disabled=${busy}>${msg("Ban")}</button>
            <button class="secondary" type="button" @click=${() => this.#dialog?.close()}>${msg("Go back")}</button>
          </div>
        </form>
      </dialog>`;
  }

  /** Whether somebody is filling in the dialog. */
  get isOpen(): boolean {
    return this.#dialog?.open ?? false;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector("dialog");
  }

  readonly #ban = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { from_all, ...values } = formValues(form);
    const ban = banOf(this.person.user_id, values);
    if (!(await this.#action.run(() => this.run(ban, from_all !== undefined)))) return;
    form.reset();
    this.#dialog?.close();
  };
}

customElements.define("awaz-ban-person", BanPerson);
