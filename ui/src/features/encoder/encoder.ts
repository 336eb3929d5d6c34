import { AwazElement } from "../../kit/element.ts";
import { formatLocale } from "../../i18n/locale.ts";
import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { reachableHost } from "../../app/urls.ts";
import type { EncoderView, KeyView } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/copyable.ts";
import { formValues } from "../../kit/form.ts";
import { Resource } from "../../app/resource.ts";
import { common, controls, rows } from "../../kit/styles.ts";

const FORMATS: Record<string, string> = { "audio/mpeg": "MP3", "audio/aac": "AAC", "audio/ogg": "Ogg Vorbis" };

function row(label: string, value: string) {
  return html`<awaz-copyable .label=${label} .value=${value}></awaz-copyable>`;
}

/** Settings for the most common encoders. */
export class Encoder extends AwazElement {
  static override properties = { created: { state: true } };
  /** The key that was made here; it cannot be fetched again. */
  declare created: KeyView | undefined;

  static override styles = [
    common,
    controls,
    rows,
    css`
      ol {
        margin-block-end: 0.5rem;
        padding-inline-start: 1.4rem;
        color: var(--muted);
        font-size: var(--text-small);
        list-style: decimal;
      }
      h3 {
        margin-block: 1.4rem 0.2rem;
        font-size: var(--text-small);
      }
      p {
        color: var(--muted);
        font-size: var(--text-small);
        margin-block-end: 0.5rem;
        max-inline-size: 60ch;
      }
      strong {
        color: var(--ink);
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #action = new Action(this);
  readonly #encoder = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/encoder", { path: this.#station.value }),
  );

  override render() {
    return this.#encoder.render((encoder) => this.#settings(encoder));
  }

  #settings(encoder: EncoderView): TemplateResult {
    const { port, mount, second_mount, user, content_types } = encoder;
    const host = reachableHost(encoder.host, location.hostname);
    const url = (this.created?.url ?? encoder.url).replace(`@${encoder.host}:`, `@${host}:`);
    const key = this.created?.key;
    return html`${this.#key()}
      <h3>butt</h3>
      <p>${msg("Settings › Main › Server › Add. Type: Icecast.")}</p>
      ${row(msg("Address"), host)} ${row(msg("Port"), String(port))}
      ${key === undefined ? nothing : row(msg("Password"), key)} ${row(msg("Icecast mountpoint"), mount)}
      ${row(msg("Mountpoint while another host is on air"), second_mount)} ${row(msg("Icecast user"), user)}
      <h3>OBS</h3>
      <ol>
        <li>${msg("Settings › Output › Output mode: Advanced › Recording.")}</li>
        <li>${msg("Type: Custom Output (FFmpeg). Output type: Output to URL.")}</li>
        <li>${msg("Enter the values below, and switch video off.")}</li>
        <li>${msg("Press Start Recording to connect.")}</li>
      </ol>
      ${row(msg("URL"), url)} ${row(msg("Container format"), "mp3")} ${row(msg("Audio encoder"), "libmp3lame")}
      ${row(msg("Audio bitrate"), "128")}
      <h3>${msg("Other encoders")}</h3>
      <p>${new Intl.ListFormat(formatLocale()).format(content_types.map((type) => FORMATS[type] ?? type))}</p>`;
  }

  #key(): TemplateResult {
    const { busy, problem } = this.#action;
    if (this.created) {
      return html`<p class="created" role="status" data-testid="encoder-key">
        ${msg("Your key is filled in below.")} <strong>${msg("Copy it now; you won’t see it again.")}</strong>
      </p>`;
    }
    return html`<p>
        ${msg("Encoders sign in with a stream key as the password. Create one and we’ll fill it in below.")}
      </p>
      <form @submit=${this.#create}>
        <label>
          ${msg("Label")}
          <input name="label" dir="auto" maxlength="80" autocomplete="off" placeholder=${msg("Studio laptop")} />
        </label>
        <div class="form-actions">
          <button class="primary" data-testid="encoder-create-key" ?disabled=${busy}>${msg("Create key")}</button>
          <span class="bad" role="alert">${problem}</span>
        </div>
      </form>`;
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { label = "" } = formValues(event.target as HTMLFormElement);
    await this.#action.run(async () => {
      const request = to("POST /api/v1/stations/{slug}/stream-keys", { path: this.#station.value, body: { label } });
      this.created = await callAuthenticated(this.#session.value, request);
    });
  };
}

customElements.define("awaz-encoder", Encoder);
