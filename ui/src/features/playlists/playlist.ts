import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { clockText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import type { Before } from "../../kit/order.ts";
import "../../kit/ordered-list.ts";
import { movedText, type OrderedRow } from "../../kit/ordered-list.ts";
import { common, controls } from "../../kit/styles.ts";
import "../../kit/undo.ts";
import type { Done } from "../../kit/undo.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { PlaylistView, TrackView } from "../../wire/schema.ts";
import { playlistFields, playlistValues } from "./playlist-fields.ts";
import { PlaylistTracks } from "./playlist-tracks.ts";

/** How many tracks are shown at first. */
const FEW = 50;

/** A playlist with its tracks, which are put in order, taken out, and added from what is slotted beside it. */
export class Playlist extends AwazElement {
  static override properties = { playlist: {}, done: { state: true }, isLong: { state: true }, saved: { state: true } };
  declare playlist: PlaylistView;
  declare private done: Done | undefined;
  /** Whether all tracks are shown. */
  declare private isLong: boolean;
  declare private saved: boolean;

  static override styles = [
    common,
    controls,
    css`
      .beside {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
        gap: 1.5rem 2rem;
        margin-block-start: 1.5rem;
      }
      h3 {
        margin-block-end: 0.4rem;
      }
      form {
        margin-block-start: 1rem;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #tracks = new PlaylistTracks(this, () => this.playlist.id);
  readonly #action = new Action(this);
  readonly #saving = new Action(this);

  override render() {
    const { playlist } = this;
    return html`<button class="secondary" data-testid="playlists-back" @click=${this.#close}>
        ${msg("All playlists")}
      </button>
      <form @submit=${this.#save} @input=${() => (this.saved = false)}>
        ${playlistFields(playlist)}
        <div class="form-actions">
          <button class="primary" data-testid="playlist-save" ?disabled=${this.#saving.busy}>${msg("Save")}</button>
          <awaz-confirm
            .label=${msg("Delete playlist")}
            .question=${msg(html`Delete ${userText(playlist.name)}? Its tracks stay in the library.`)}
            .run=${this.#delete}
            testId="playlist-delete"
          ></awaz-confirm>
          <span role="status" data-testid="playlist-saved">${this.saved ? msg("Saved.") : nothing}</span>
          <span class="bad" role="alert" data-testid="playlist-problem">${this.#saving.problem}</span>
        </div>
      </form>
      <div class="beside">
        <section aria-label=${msg("Tracks")}>
          <h3>${userText(playlist.name)}</h3>
          ${this.#content()}
          <p class="bad" role="alert" data-testid="order-problem">${this.#action.problem}</p>
        </section>
        <section aria-label=${msg("Add from the library")}>
          <h3>${msg("Add from the library")}</h3>
          <slot @add=${this.#add}></slot>
        </section>
      </div>
      <awaz-undo .done=${this.done}></awaz-undo>`;
  }

  protected override firstUpdated(): void {
    // The button that opened the playlist is gone, and the focus with it.
    this.renderRoot.querySelector<HTMLElement>("[data-testid=playlists-back]")?.focus();
  }

  #content(): TemplateResult {
    const { items, problem } = this.#tracks;
    if (problem) {
      return html`<p class="bad" role="alert">
        ${problem} <button class="secondary" @click=${() => void this.#tracks.fetch()}>${msg("Try again")}</button>
      </p>`;
    }
    if (!items) return html`<p class="muted">${msg("Loading…")}</p>`;
    if (!items.length) return html`<p class="muted" data-testid="playlist-empty">${msg("No tracks yet.")}</p>`;
    return html`<awaz-ordered-list
        data-testid="playlist-tracks"
        name="playlist"
        .rows=${items.map(rowOf)}
        .shown=${this.isLong ? Infinity : FEW}
        .moveRow=${this.#move}
        .takeOut=${this.#remove}
      ></awaz-ordered-list>
      ${
        items.length > FEW && !this.isLong
          ? html`<button class="secondary" @click=${() => (this.isLong = true)}>${msg("Show all")}</button>`
          : nothing
      }`;
  }

  readonly #close = (): void => {
    this.dispatchEvent(new CustomEvent("closed"));
  };

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { playlist } = this;
    const values = playlistValues(formValues(event.target as HTMLFormElement));
    // Fields that another owner has changed meanwhile are not sent back.
    const body = Object.fromEntries(
      Object.entries(values).filter(([name, value]) => playlist[name as keyof PlaylistView] !== value),
    );
    const path = { slug: this.#station.value.slug, id: playlist.id };
    this.saved = await this.#saving.run(async () => {
      if (!Object.keys(body).length) return;
      await callAuthenticated(this.#session.value, to("PATCH /api/v1/stations/{slug}/playlists/{id}", { path, body }));
      this.dispatchEvent(new CustomEvent("changed"));
    });
  };

  readonly #delete = async (): Promise<void> => {
    const path = { slug: this.#station.value.slug, id: this.playlist.id };
    await callAuthenticated(this.#session.value, to("DELETE /api/v1/stations/{slug}/playlists/{id}", { path }));
    this.dispatchEvent(new CustomEvent("deleted"));
  };

  readonly #move = async (id: string, before: Before): Promise<void> => {
    const items = this.#tracks.items ?? [];
    const place = items.findIndex((each) => each.id === id);
    const title = items[place]?.title ?? "";
    const follower = items[place + 1]?.id;
    if (!(await this.#action.inTurn(() => this.#tracks.move(id, before)))) return;
    this.done = {
      text: movedText(title, this.#tracks.items ?? [], id),
      undo: () => this.#tracks.move(id, follower),
    };
    await this.updateComplete;
  };

  readonly #remove = async (id: string): Promise<boolean> => {
    const title = this.#tracks.items?.find((each) => each.id === id)?.title ?? "";
    let undo: (() => Promise<void>) | undefined;
    if (!(await this.#action.inTurn(async () => (undo = await this.#tracks.remove(id))))) return false;
    this.done = { text: msg(html`${userText(title)} was taken out of the playlist.`), ...(undo && { undo }) };
    await this.updateComplete;
    return true;
  };

  /** Tracks are added one after the other, however quickly somebody presses. */
  readonly #add = ({ detail: track }: CustomEvent<TrackView>): void => {
    void this.#action.inTurn(() => this.#addOne(track));
  };

  async #addOne(track: TrackView): Promise<void> {
    const isThere = this.#tracks.items?.some(({ id }) => id === track.id);
    if (!isThere) await this.#tracks.add(track);
    this.done = isThere
      ? { text: msg(html`${userText(track.title)} is in the playlist already.`) }
      : { text: msg(html`${userText(track.title)} was added.`), undo: () => this.#tracks.remove(track.id) };
  }
}

function rowOf({ id, title, artist, duration_ms }: TrackView): OrderedRow {
  const content = html`<span class="title">${userText(title)}</span>
    <span class="by">${artistText(artist)} · ${clockText(duration_ms)}</span>`;
  return { id, name: title, content };
}

customElements.define("awaz-playlist", Playlist);
