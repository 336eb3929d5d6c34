import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import type { BanView } from "../../wire/schema.ts";
import "../../kit/confirm.ts";
import { Resource } from "../../app/resource.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { dayAndTime } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

/** The bans of a station or of the platform. */
export class Bans extends AwazElement {
  static override properties = { slug: {} };
  /** The station; undefined for the bans from the platform. */
  declare slug: string | undefined;

  static override styles = [common, controls, rows];

  readonly #bans = new Resource(this, () => this.#routes().list);

  override render() {
    return this.#bans.render(({ bans }) =>
      bans.length
        ? html`<ul class="rows" data-testid="bans">
            ${bans.map((ban) => this.#ban(ban))}
          </ul>`
        : html`<p class="muted" data-testid="bans">${msg("Nobody is banned.")}</p>`,
    );
  }

  #ban({ id, user_id, name, reason, made_by, created_at, until }: BanView): TemplateResult {
    return html`<li data-testid="ban" data-user=${user_id}>
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        <span class="tag">${until === undefined ? msg("Permanent") : msg(str`Until ${dayAndTime(until)}`)}</span>
        ${reason ? html`<span class="muted">${userText(reason)}</span>` : nothing}
        <span class="muted">${msg(html`By ${userText(made_by)}, ${dayAndTime(created_at)}`)}</span>
      </div>
      <awaz-confirm
        .label=${msg("Unban")}
        .question=${msg(html`Unban ${userText(name)}?`)}
        .run=${() => this.#bans.mutate(this.#routes().lift(id))}
        testId="ban-lift"
      ></awaz-confirm>
    </li>`;
  }

  /** Fetch the bans again, since one was made elsewhere. */
  refresh(): void {
    void this.#bans.fetch();
  }

  #routes() {
    const { slug } = this;
    if (slug === undefined) {
      return {
        list: to("GET /api/v1/admin/bans", {}),
        lift: (id: string) => to("DELETE /api/v1/admin/bans/{id}", { path: { id } }),
      };
    }
    return {
      list: to("GET /api/v1/stations/{slug}/bans", { path: { slug } }),
      lift: (id: string) => to("DELETE /api/v1/stations/{slug}/bans/{id}", { path: { slug, id } }),
    };
  }
}

customElements.define("awaz-bans", Bans);
