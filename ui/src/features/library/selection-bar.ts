import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { trackCount } from "../../i18n/plural.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { modal } from "../../kit/modal.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to, type ApiRequest } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { TracksAnswer, TrackView } from "../../wire/schema.ts";
import "./add-to-playlist.ts";
import type { Added } from "./add-to-playlist.ts";
import { batches } from "./batches.ts";
import { sharedFields, sharedPatch } from "./fields.ts";
import { removeTracks } from "./remove.ts";

/** More would push everything else out of the evening. */
const MAX_PLACED = 25;

/** The actions on selected tracks. */
export class SelectionBar extends AwazElement {
  static override properties = { tracks: {}, editing: { state: true }, adding: { state: true } };
  declare tracks: readonly TrackView[];
  declare private editing: boolean;
  /** Whether a playlist is being chosen. */
  declare private adding: boolean;

  static override styles = [
    common,
    controls,
    css`
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.4rem 0.6rem;
        margin-block-end: 0.6rem;
      }
      .bar awaz-confirm {
        display: inline-block;
      }
      dialog h2 {
        margin-block-end: 0.3rem;
      }
      dialog .muted {
        margin-block-end: 1rem;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #action = new Action(this);

  override render() {
    const canPlace = this.tracks.length <= MAX_PLACED && this.tracks.every(({ problem }) => problem === undefined);
    return html`<div class="bar" role="toolbar" aria-label=${msg("Selected tracks")} data-testid="selection">
        ${
          canPlace
            ? html`<button class="secondary" data-testid="selected-next" @click=${() => this.#emit("place", "next")}>
                  ${msg("Play next")}
                </button>
                <button class="secondary" data-testid="selected-end" @click=${() => this.#emit("place", "end")}>
                  ${msg("Add to queue")}
                </button>`
            : nothing
        }
        <button class="secondary" data-testid="selected-add" @click=${() => (this.adding = true)}>
          ${msg("Add to playlist")}
        </button>
        <button class="secondary" data-testid="selected-edit" @click=${() => (this.editing = true)}>
          ${msg("Edit")}
        </button>
        ${removeTracks(this.tracks, () => this.#remove())}
        <button class="secondary" data-testid="selected-clear" @click=${() => this.#emit("cleared")}>
          ${msg("Clear selection")}
        </button>
      </div>
      ${this.editing ? this.#dialog() : nothing} ${this.adding ? this.#playlists() : nothing}`;
  }

  override focus(): void {
    const focus = () => this.renderRoot.querySelector<HTMLElement>("[data-testid=selected-clear]")?.focus();
    // It may be on its way into the document.
    void this.updateComplete.then(focus);
  }

  #playlists(): TemplateResult {
    return html`<awaz-add-to-playlist
      .ids=${this.tracks.map(({ id }) => id)}
      @added=${this.#onAdded}
      @closed=${() => (this.adding = false)}
    ></awaz-add-to-playlist>`;
  }

  readonly #onAdded = ({ detail: { name, count } }: CustomEvent<Added>): void => {
    this.adding = false;
    const text = count
      ? msg(html`Added ${trackCount(count)} to ${userText(name)}.`)
      : this.tracks.length === 1
        ? msg(html`The track is in ${userText(name)} already.`)
        : msg(html`These tracks are in ${userText(name)} already.`);
    this.#emit("done", { text });
    this.#emit("cleared");
  };

  #dialog(): TemplateResult {
    const { busy, problem } = this.#action;
    return html`<dialog aria-labelledby="edit" data-testid="edit-several" ${modal()} @close=${this.#close}>
      <h2 id="edit">${msg(str`Edit ${trackCount(this.tracks.length)}`)}</h2>
      <p class="muted">${msg("Empty fields are left unchanged.")}</p>
      <form @submit=${this.#save}>
        ${sharedFields(inCommon(this.tracks))}
        <p class="bad" role="alert" ?hidden=${!problem}>${problem}</p>
        <div class="form-actions">
          <button class="primary" data-testid="edit-save" ?disabled=${busy}>${msg("Save")}</button>
          <button class="secondary" type="button" @click=${this.#close}>${msg("Cancel")}</button>
        </div>
      </form>
    </dialog>`;
  }

  readonly #close = (): void => {
    this.#action.clearProblem();
    this.editing = false;
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const change = sharedPatch(formValues(event.target as HTMLFormElement), inCommon(this.tracks));
    const path = { slug: this.#station.value.slug };
    const saved = await this.#action.run(async () => {
      if (!Object.keys(change).length) return;
      await this.#each((ids) => to("PATCH /api/v1/stations/{slug}/tracks", { path, body: { ids, change } }));
    });
    if (!saved) return;
    this.#close();
    this.#emit("changed");
  };

  async #remove(): Promise<void> {
    const path = { slug: this.#station.value.slug };
    const ids = await this.#each((some) =>
      to("POST /api/v1/stations/{slug}/tracks/remove", { path, body: { ids: some } }),
    );
    this.#emit("removed", ids);
  }

  async #each(request: (ids: string[]) => ApiRequest<TracksAnswer>): Promise<readonly string[]> {
    const ids = this.tracks.map(({ id }) => id);
    for (const some of batches(ids)) await callAuthenticated(this.#session.value, request(some));
    return ids;
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

/** The texts that all of some tracks have. */
function inCommon(tracks: readonly TrackView[]): Partial<TrackView> {
  const [first, ...rest] = tracks;
  if (!first) return {};
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((track) => track[name as keyof TrackView] === value)),
  );
}

customElements.define("awaz-selection-bar", SelectionBar);
