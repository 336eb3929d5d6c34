import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { trackCount } from "../../i18n/plural.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { modal } from "../../kit/modal.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { PlaylistView } from "../../wire/schema.ts";
import { batches } from "./batches.ts";

/** The number of tracks that were added to a playlist, without those that it had already. */
export interface Added {
  readonly name: string;
  readonly count: number;
}

/** A dialog that asks for the playlist that tracks are added to; `added` tells which, and how many are new to it. */
export class AddToPlaylist extends AwazElement {
  static override properties = { ids: {} };
  declare ids: readonly string[];

  static override styles = [
    common,
    controls,
    rows,
    css`
      .rows {
        margin-block: 1rem;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #playlists = new Resource(this, () => to("GET /api/v1/stations/{slug}/playlists", { path: this.#path }));
  readonly #action = new Action(this);

  override render() {
    return html`<dialog aria-labelledby="add" data-testid="add-to-playlist" ${modal()} @close=${this.#close}>
      <h2 id="add">${msg(str`Add ${trackCount(this.ids.length)} to a playlist`)}</h2>
      ${this.#playlists.render(({ items }) => (items.length ? this.#list(items) : this.#none()))}
      <p class="bad" role="alert">${this.#action.problem}</p>
      <div class="form-actions">
        <button class="secondary" @click=${this.#close}>${msg("Cancel")}</button>
      </div>
    </dialog>`;
  }

  #list(items: readonly PlaylistView[]): TemplateResult {
    return html`<ul class="rows">
      ${items.map(
        (playlist) =>
          html`<li>
            <div class="entry-text">
              <strong>${userText(playlist.name)}</strong> <span class="muted">${trackCount(playlist.tracks)}</span>
            </div>
            <button
              class="secondary"
              data-testid="add-here"
              aria-label=${msg(str`Add to ${playlist.name}`)}
              ?disabled=${this.#action.busy}
              @click=${() => this.#add(playlist)}
            >
              ${msg("Add")}
            </button>
          </li>`,
      )}
    </ul>`;
  }

  #none(): TemplateResult {
    const address = `/studio/${this.#path.slug}/playlists`;
    return html`<p class="rows">${msg(html`No playlists yet. <a href=${address}>Create one</a> first.`)}</p>`;
  }

  get #path() {
    return { slug: this.#station.value.slug };
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent("closed"));
  };

  async #add({ id, name }: PlaylistView): Promise<void> {
    const path = { ...this.#path, id };
    await this.#action.run(async () => {
      let count = 0;
      for (const ids of batches(this.ids)) {
        const body = { ids };
        const request = to("POST /api/v1/stations/{slug}/playlists/{id}/tracks", { path, body });
        count += (await callAuthenticated(this.#session.value, request)).ids.length;
      }
      const detail: Added = { name, count };
      this.dispatchEvent(new CustomEvent("added", { detail }));
    });
  }
}

customElements.define("awaz-add-to-playlist", AddToPlaylist);
