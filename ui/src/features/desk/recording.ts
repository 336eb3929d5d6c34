import { msg, str } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { ofStation } from "../../app/selected.ts";
import { trackCount } from "../../i18n/plural.ts";
import { clockText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls } from "../../kit/styles.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import { AwazError } from "../../sdk/errors.ts";
import { callAuthenticated } from "../../sdk/http.ts";

const SHOWN = 6;
/** The tracks of a broadcast, at most; the server's own limit. */
const MAX_TRACKS = 300;
const SEARCH_AFTER_MS = 250;

/** Puts a track or a playlist on air as a show of its own. */
export class Recording extends AwazElement {
  static override properties = { search: { state: true } };
  declare private search: string;

  static override styles = [
    common,
    controls,
    css`
      fieldset {
        gap: 0;
        max-block-size: 16rem;
        overflow-y: auto;
      }
      label.check {
        font-weight: 400;
        overflow-wrap: anywhere;
      }
      .detail {
        color: var(--muted);
      }
      input[type="radio"] {
        flex: none;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #broadcast = ofStation(this, ({ broadcast }) => broadcast);
  readonly #playlists = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/playlists", { path: { slug: this.#station.value.slug } }),
  );
  readonly #tracks = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/tracks", {
      path: { slug: this.#station.value.slug },
      query: { limit: SHOWN, ...(this.search && { search: this.search }) },
    }),
  );
  readonly #action = new Action(this);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.search = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    return html`<form novalidate data-testid="recording" @submit=${this.#goLive}>
      <label>
        ${msg("Find a track or a playlist")}
        <input
          type="search"
          name="search"
          dir="auto"
          maxlength="200"
          autocomplete="off"
          @input=${this.#onSearch}
          @keydown=${keepFromSending}
        />
      </label>
      <fieldset>
        <legend>${msg("Play")}</legend>
        ${this.#playlistChoices()} ${this.#trackChoices()}
      </fieldset>
      <label>
        ${msg("Title of the show")}
        <input name="title" dir="auto" maxlength="160" autocomplete="off" />
      </label>
      <div class="form-actions">
        <button class="primary" data-testid="recording-go-live" ?disabled=${this.#action.busy}>
          ${this.#buttonText()}
        </button>
        <span class="bad" role="alert" data-testid="recording-problem">${this.#action.problem}</span>
      </div>
    </form>`;
  }

  /** The broadcast that would be ended. */
  get #other() {
    const { value } = this.#broadcast;
    return value && value.kind !== "autodj" ? value : undefined;
  }

  #buttonText(): string {
    const other = this.#other;
    return other ? msg(str`Take over from ${other.host ?? msg("another host")}`) : msg("Go live");
  }

  #playlistChoices() {
    return this.#playlists.render(({ items }) =>
      items
        .filter(({ name, tracks }) => tracks && name.toLocaleLowerCase().includes(this.search.toLocaleLowerCase()))
        .slice(0, SHOWN)
        .map(({ id, name, tracks }) => this.#playlist(id, name, tracks)),
    );
  }

  #trackChoices() {
    return this.#tracks.render(({ items }) =>
      items.map(({ id, title, artist, duration_ms }) =>
        this.#choice(`track_id ${id}`, html`${userText(title)} · ${artistText(artist)}`, clockText(duration_ms)),
      ),
    );
  }

  #playlist(id: string, name: string, tracks: number): TemplateResult {
    const most = trackCount(MAX_TRACKS);
    const isTooLong = tracks > MAX_TRACKS;
    const detail = isTooLong ? msg(str`${trackCount(tracks)}: a show can have at most ${most}`) : trackCount(tracks);
    return this.#choice(`playlist_id ${id}`, html`${userText(name)}`, detail, isTooLong);
  }

  #choice(value: string, name: TemplateResult, detail: string, disabled = false): TemplateResult {
    // A node of its own for each: what was chosen must not become something else while the list changes.
    const row = html`<label class="check">
      <input type="radio" name="what" required value=${value} ?disabled=${disabled} /><span
        >${name} <span class="detail">${detail}</span></span
      >
    </label>`;
    return html`${keyed(value, row)}`;
  }

  readonly #onSearch = ({ target }: Event): void => {
    clearTimeout(this.#timer);
    const { value } = target as HTMLInputElement;
    this.#timer = setTimeout(() => (this.search = value.trim()), SEARCH_AFTER_MS);
  };

  readonly #goLive = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { what = "", title = "" } = formValues(form);
    const [field = "", id = ""] = what.split(" ");
    const nothing = { code: "unchosen", message: msg("Choose a track or a playlist."), retryable: false };
    const replaces = this.#other?.id;
    const body = {
      source: "upload" as const,
      [field]: id,
      ...(title.trim() && { title: title.trim() }),
      ...(replaces !== undefined && { replaces }),
    };
    const { slug } = this.#station.value;
    const sent = await this.#action.run(async () => {
      if (!id) throw new AwazError(nothing);
      await callAuthenticated(
        this.#session.value,
        to("POST /api/v1/stations/{slug}/go-live", { path: { slug }, body }),
      );
    });
    if (!sent) return;
    form.reset();
    this.search = "";
  };
}

/** Enter in the search field looks for something, and puts nothing on air. */
function keepFromSending(event: KeyboardEvent): void {
  if (event.key === "Enter") event.preventDefault();
}

customElements.define("awaz-recording", Recording);
