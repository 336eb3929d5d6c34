import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Resource } from "../../app/resource.ts";
import { listeningText } from "../../i18n/plural.ts";
import { numberText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import "../../kit/live-badge.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { groundOf, roundel } from "../../kit/roundel.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userNames, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { Directory } from "../../sdk/directory.ts";
import type { StationSettings } from "../../wire/schema.ts";
import { settingsFields, settingsOf } from "./fields.ts";

/** Every station, for admins: what is on, who owns it, and forms that create, change and remove stations. */
export class StationList extends AwazElement {
  static override properties = { directory: {}, edited: { state: true }, adding: { state: true } };
  /** What is on air now; undefined until it is known. */
  declare directory: Directory | undefined;
  /** The slug of the station whose form is open. */
  declare private edited: string | undefined;
  declare private adding: boolean | undefined;

  static override styles = [
    common,
    controls,
    rows,
    roundelStyles,
    css`
      .rows form {
        flex-basis: 100%;
      }
      .disc {
        inline-size: 2.75rem;
      }
    `,
  ];

  readonly #stations = new Resource(this, () => to("GET /api/v1/admin/stations", {}));
  readonly #action = new Action(this);

  override render() {
    return html`${this.adding ? this.#newStation() : this.#addButton()}
    ${this.#stations.render(({ stations }) =>
      stations.length
        ? html`<ul class="rows" data-testid="stations">
            ${stations.map((station) => this.#station(station))}
          </ul>`
        : html`<p class="muted" data-testid="stations">${msg("No stations yet. Create the first one.")}</p>`,
    )}`;
  }

  #addButton(): TemplateResult {
    return html`<button class="primary" data-testid="station-add" @click=${() => this.#open({ adding: true })}>
      ${msg("New station")}
    </button>`;
  }

  #newStation(): TemplateResult {
    return html`<form @submit=${this.#add} data-testid="station-new">
      ${settingsFields()}
      <label>
        ${msg("Owner (username)")}
        <input name="owner" autocapitalize="none" maxlength="64" autocomplete="off" placeholder=${msg("You")} />
      </label>
      ${this.#buttons(msg("Create"))}
    </form>`;
  }

  #station(station: StationSettings): TemplateResult {
    const { slug, name, bitrate_kbps, owners } = station;
    const entry = this.directory?.find((each) => each.station === slug);
    return html`<li data-testid="station-row" data-station=${slug}>
      <span class="disc" data-ground=${groundOf(slug)}>${roundel(slug)}</span>
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        ${entry ? html`<awaz-live-badge .onAir=${entry.on_air}></awaz-live-badge>` : nothing}
        <span class="muted">
          ${entry ? html`${listeningText(entry.listeners)} · ` : nothing}${msg(str`${numberText(bitrate_kbps)} kbit/s`)}
          ${owners.length ? html` · ${msg(html`owned by ${userNames(owners)}`)}` : nothing}
        </span>
      </div>
      <div class="entry-actions">
        <a href="/studio/${slug}">${msg("Studio")}</a>
        <button class="secondary" data-testid="station-edit" @click=${() => this.#open({ edited: slug })}>
          ${msg("Edit")}
        </button>
        <awaz-confirm
          .label=${msg("Remove")}
          .question=${msg(html`Remove ${userText(name)} with its keys and history? Its listeners are cut off.`)}
          .run=${() => this.#stations.mutate(to("DELETE /api/v1/stations/{slug}", { path: { slug } }))}
          testId="station-remove"
        ></awaz-confirm>
      </div>
      ${
        this.edited === slug
          ? html`<form @submit=${this.#change}>${settingsFields(station)} ${this.#buttons(msg("Save"))}</form>`
          : nothing
      }
    </li>`;
  }

  #buttons(label: string): TemplateResult {
    const { busy, problem } = this.#action;
    return html`<div class="form-actions">
      <button class="primary" data-testid="station-save" ?disabled=${busy}>${label}</button>
      <button class="secondary" type="button" @click=${() => this.#open({})}>${msg("Cancel")}</button>
      <span class="bad" role="alert" data-testid="station-problem">${problem}</span>
    </div>`;
  }

  /** Show one form, or none. */
  #open({ edited, adding }: { edited?: string; adding?: boolean }): void {
    this.#action.clearProblem();
    this.edited = edited;
    this.adding = adding;
  }

  readonly #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { owner, ...values } = formValues(event.target as HTMLFormElement);
    const body = { ...settingsOf(values), ...(owner && { owner }) };
    if (await this.#action.run(() => this.#stations.mutate(to("POST /api/v1/stations", { body })))) this.#open({});
  };

  readonly #change = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const body = settingsOf(formValues(event.target as HTMLFormElement));
    const request = to("PATCH /api/v1/stations/{slug}", { path: { slug: this.edited ?? "" }, body });
    if (await this.#action.run(() => this.#stations.mutate(request))) this.#open({});
  };
}

customElements.define("awaz-station-list", StationList);
