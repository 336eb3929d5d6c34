import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { Changes } from "../../app/changes.ts";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { PlaylistView } from "../../wire/schema.ts";
import { playlistFields, playlistValues } from "./playlist-fields.ts";
import { contentText, isInRotation, shareText } from "./playlist-text.ts";
import "./playlist.ts";

const NEW = { name: "", order: "shuffle", weight: 1 } as const;

/**
 * A station's playlists, and the one of them that is opened; its tracks come from what is slotted. Fires `opened` with
 * the id of a playlist, undefined for the list of all.
 */
export class Playlists extends AwazElement {
  static override properties = { opened: {} };
  /** The id of the playlist that is opened. */
  declare opened: string | undefined;

  static override styles = [
    common,
    controls,
    rows,
    css`
      h3 {
        margin-block: 1.4rem 0.6rem;
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #playlists = new Resource(this, () => to("GET /api/v1/stations/{slug}/playlists", { path: this.#path }));
  readonly #action = new Action(this);

  constructor() {
    super();
    new Changes(this, "playlists", () => void this.#playlists.fetch());
  }

  override render() {
    return this.#playlists.render(({ items }) => {
      const opened = items.find(({ id }) => id === this.opened);
      return opened ? this.#one(opened) : this.#all(items);
    });
  }

  #one(playlist: PlaylistView): TemplateResult {
    return html`<awaz-playlist
      .playlist=${playlist}
      @changed=${() => void this.#playlists.fetch()}
      @closed=${this.#onClosed}
      @deleted=${this.#onDeleted}
      ><slot></slot
    ></awaz-playlist>`;
  }

  #all(items: readonly PlaylistView[]): TemplateResult {
    const { busy, problem } = this.#action;
    return html`<p class="muted" data-testid="rotation">
        ${
          items.some(isInRotation)
            ? msg("AutoDJ plays from the playlists in rotation, and from nothing else.")
            : msg("AutoDJ plays the whole library until a playlist with tracks is in rotation.")
        }
      </p>
      ${
        items.length
          ? html`<ul class="rows" data-testid="playlists">
              ${items.map((playlist) => this.#row(playlist, items))}
            </ul>`
          : nothing
      }
      <h3>${msg("New playlist")}</h3>
      <form @submit=${this.#create}>
        ${playlistFields(NEW)}
        <div class="form-actions">
          <button class="primary" data-testid="playlist-create" ?disabled=${busy}>${msg("Create playlist")}</button>
          <span class="bad" role="alert" data-testid="playlists-problem">${problem}</span>
        </div>
      </form>`;
  }

  #row(playlist: PlaylistView, all: readonly PlaylistView[]): TemplateResult {
    return html`<li data-testid="playlist" class=${isInRotation(playlist) ? "" : "inactive"}>
      <div class="entry-text">
        <strong>${userText(playlist.name)}</strong> <span class="tag">${shareText(playlist, all)}</span>
        <span class="muted">${contentText(playlist)}</span>
      </div>
      <button
        class="secondary"
        data-testid="playlist-open"
        data-id=${playlist.id}
        aria-label=${msg(str`Open ${playlist.name}`)}
        @click=${() => this.#open(playlist.id)}
      >
        ${msg("Open")}
      </button>
    </li>`;
  }

  readonly #onClosed = async (): Promise<void> => {
    const id = this.opened ?? "";
    this.#open(undefined);
    await this.updateComplete;
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>("[data-testid=playlist-open]")];
    (buttons.find((button) => button.dataset["id"] === id) ?? buttons[0])?.focus();
  };

  readonly #onDeleted = async (): Promise<void> => {
    this.#open(undefined);
    await this.#playlists.fetch();
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>("[data-testid=playlist-open], input")?.focus();
  };

  get #path() {
    return { slug: this.#station.value.slug };
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const body = playlistValues(formValues(form));
    await this.#action.run(async () => {
      const request = to("POST /api/v1/stations/{slug}/playlists", { path: this.#path, body });
      const { playlist } = await this.#playlists.mutate(request);
      form.reset();
      this.#open(playlist.id);
    });
  };

  #open(id: string | undefined): void {
    this.opened = id;
    this.dispatchEvent(new CustomEvent("opened", { detail: id }));
  }
}

customElements.define("awaz-playlists", Playlists);
