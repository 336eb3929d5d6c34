import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Resource } from "../../app/resource.ts";
import { listeningText } from "../../i18n/plural.ts";
import { numberText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import "../../kit/live-badge.ts";
import { roundelStyles } from "../../kit/roundel.css.ts";
import { emblem, groundOf } from "../../kit/roundel.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userNames, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { Directory } from "../../sdk/directory.ts";
import type { StationSettings } from "../../wire/schema.ts";
import { changesOf, settingsFields } from "./fields.ts";
import "./new-station.ts";
import { removeStation } from "./remove.ts";

/** Every station, for admins: what is on, who owns it, and how to create, change and remove one. */
export class StationList extends AwazElement {
  static override properties = { directory: {}, edited: { state: true } };
  /** What is on air now; undefined until it is known. */
  declare directory: Directory | undefined;
  /** The slug of the station whose form is open. */
  declare private edited: string | undefined;

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
    return html`<awaz-new-station forOthers @station-added=${() => void this.#stations.fetch()}></awaz-new-station>
      ${this.#stations.render(({ stations }) =>
        stations.length
          ? html`<ul class="rows" data-testid="stations">
              ${stations.map((station) => this.#station(station))}
            </ul>`
          : html`<p class="muted" data-testid="stations">${msg("No stations yet. Create the first one.")}</p>`,
      )}`;
  }

  #station(station: StationSettings): TemplateResult {
    const { slug, name, bitrate_kbps, owners, art_url } = station;
    const entry = this.directory?.find((each) => each.station === slug);
    return html`<li data-testid="station-row" data-station=${slug}>
      <span class="disc" data-ground=${groundOf(slug)}>${emblem(slug, art_url)}</span>
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
        <button class="secondary" data-testid="station-edit" @click=${() => this.#open(slug)}>${msg("Edit")}</button>
        ${removeStation(station, () => this.#stations.mutate(to("DELETE /api/v1/stations/{slug}", { path: { slug } })))}
      </div>
      ${
        this.edited === slug
          ? html`<form @submit=${(event: SubmitEvent) => this.#change(event, station)}>
              ${settingsFields(station)} ${this.#buttons()}
            </form>`
          : nothing
      }
    </li>`;
  }

  #buttons(): TemplateResult {
    const { busy, problem } = this.#action;
    return html`<div class="form-actions">
      <button class="primary" data-testid="station-save" ?disabled=${busy}>${msg("Save")}</button>
      <button class="secondary" type="button" @click=${() => this.#open()}>${msg("Cancel")}</button>
      <span class="bad" role="alert" data-testid="station-problem">${problem}</span>
    </div>`;
  }

  /** Show the form of a station, or none. */
  #open(edited?: string): void {
    this.#action.clearProblem();
    this.edited = edited;
  }

  async #change(event: SubmitEvent, station: StationSettings): Promise<void> {
    event.preventDefault();
    const body = changesOf(station, event.target as HTMLFormElement);
    const request = to("PATCH /api/v1/stations/{slug}", { path: { slug: station.slug }, body });
    const done = await this.#action.run(async () => {
      if (Object.keys(body).length) await this.#stations.mutate(request);
    });
    if (done) this.#open();
  }
}

customElements.define("awaz-station-list", StationList);
