import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext, viewerContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { AwazElement } from "../../kit/element.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { BanRequest, PersonView } from "../../wire/schema.ts";
import "./ban-person.ts";
import type { BanPerson } from "./ban-person.ts";

const REFRESH_MS = 10_000;

/** Who follows a station now, to be banned from it; fires `banned`. */
export class People extends AwazElement {
  static override styles = [common, controls, rows];

  readonly #station = new FromPage(this, stationContext);
  readonly #viewer = new FromPage(this, viewerContext);
  readonly #people = new Resource(this, () => to("GET /api/v1/stations/{slug}/people", { path: this.#station.value }));

  constructor() {
    super();
    new PeriodicUpdate(this, REFRESH_MS, () => this.#refresh());
  }

  /** Not under a dialog: who it is about might be gone from the list, and the dialog with them. */
  #refresh(): void {
    const dialogs = [...this.renderRoot.querySelectorAll<BanPerson>("awaz-ban-person")];
    if (!dialogs.some(({ isOpen }) => isOpen)) void this.#people.fetch();
  }

  override render() {
    return this.#people.render(({ people }) =>
      people.length
        ? html`<ul class="rows" data-testid="people">
            ${repeat(
              people,
              ({ user_id }) => user_id,
              (person) => this.#person(person),
            )}
          </ul>`
        : html`<p class="muted" data-testid="people">${msg("Nobody is on the station’s page right now.")}</p>`,
    );
  }

  #person(person: PersonView): TemplateResult {
    const { user_id, name, role } = person;
    const { userId, permissions } = this.#viewer.value;
    // Users have no button to ban themselves.
    const isSelf = user_id === userId;
    return html`<li data-testid="person" data-user=${user_id}>
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        ${role === "guest" ? html`<span class="tag">${msg("Guest")}</span>` : nothing}
        ${isSelf ? html`<span class="tag">${msg("You")}</span>` : nothing}
      </div>
      ${
        isSelf
          ? nothing
          : html`<awaz-ban-person
              .person=${person}
              .offersAll=${permissions.rank === 0}
              .run=${(ban: BanRequest, fromAll: boolean) => this.#ban(ban, fromAll)}
            ></awaz-ban-person>`
      }
    </li>`;
  }

  async #ban(body: BanRequest, fromAll: boolean): Promise<void> {
    const path = this.#station.value;
    await this.#people.mutate(
      fromAll ? to("POST /api/v1/admin/bans", { body }) : to("POST /api/v1/stations/{slug}/bans", { path, body }),
    );
    this.dispatchEvent(new CustomEvent("banned", { bubbles: true }));
  }
}

customElements.define("awaz-people", People);
