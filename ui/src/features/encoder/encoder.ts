import { AwazElement } from "../../kit/element.ts";
import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { keep, kept } from "../../app/kept.ts";
import { reachableHost } from "../../app/urls.ts";
import type { EncoderView, KeyView } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/copyable.ts";
import { formValues } from "../../kit/form.ts";
import { qrCode } from "../../kit/qr-code.ts";
import { Resource } from "../../app/resource.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { buttFile, ffmpegLine, type Connection } from "./ready-made.ts";

const FORMATS: Record<string, string> = { "audio/mpeg": "MP3", "audio/aac": "AAC", "audio/ogg": "Ogg Vorbis" };

const SOFTWARE = ["butt", "obs", "mixxx", "ffmpeg", "phone", "other"] as const;
type Software = (typeof SOFTWARE)[number];
const KEPT = "awaz.encoder";
/** Letters that fit beside a label. */
const SHORT = 40;

function row(label: string, value: string) {
  return html`<awaz-copyable ?long=${value.length > SHORT} .label=${label} .value=${value}></awaz-copyable>`;
}

function nameOf(software: Software): string {
  const names: Partial<Record<Software, string>> = { butt: "butt", obs: "OBS", mixxx: "Mixxx", ffmpeg: "FFmpeg" };
  return names[software] ?? (software === "phone" ? msg("A phone") : msg("Another encoder"));
}

function isSoftware(text: string | undefined): text is Software {
  return SOFTWARE.some((each) => each === text);
}

/** Settings for the most common encoders. */
export class Encoder extends AwazElement {
  static override properties = { created: { state: true }, software: { state: true } };
  /** Whose settings are shown. */
  declare private software: Software;
  /** The key that was made here; it cannot be fetched again. */
  declare created: KeyView | undefined;

  static override styles = [
    common,
    controls,
    rows,
    css`
      ol {
        margin-block: 0.6rem 0.5rem;
        padding-inline-start: 1.4rem;
        color: var(--muted);
        font-size: var(--text-small);
        list-style: decimal;
      }
      .qr {
        display: block;
        inline-size: 11rem;
        margin-block: 0.6rem;
        background: var(--qr-light);
        fill: var(--qr-dark);
      }
      label {
        margin-block: 1.2rem 0.8rem;
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

  constructor() {
    super();
    const before = kept(KEPT);
    this.software = isSoftware(before) ? before : "butt";
  }

  override render() {
    return this.#encoder.render((encoder) => this.#settings(encoder));
  }

  #settings(encoder: EncoderView): TemplateResult {
    return html`${this.#key()}
      <label>
        ${msg("Software")}
        <select data-testid="encoder-software" @change=${this.#onSoftware}>
          ${SOFTWARE.map((each) => html`<option value=${each} ?selected=${each === this.software}>${nameOf(each)}</option>`)}
        </select>
      </label>
      ${this.#settingsOf(this.software, encoder)}`;
  }

  #connection({ host, port, mount, second_mount: secondMount, user }: EncoderView): Connection {
    const { slug } = this.#station.value;
    return {
      slug,
      host: reachableHost(host, location.hostname),
      port,
      user,
      key: this.created?.key,
      mount,
      secondMount,
    };
  }

  #settingsOf(software: Software, encoder: EncoderView): TemplateResult {
    const connection = this.#connection(encoder);
    const settings: Record<Software, () => TemplateResult> = {
      butt: () => this.#butt(connection),
      obs: () => this.#obs(encoder, connection),
      mixxx: () =>
        html`<p>${msg("Preferences › Live Broadcasting. Type: Icecast 2.")}</p>
          ${this.#fields(connection)} ${row(msg("Format"), "MP3, 128 kbit/s")}`,
      ffmpeg: () => this.#ffmpeg(connection),
      phone: () => this.#phone(connection),
      other: () =>
        html`${this.#fields(connection)}
        ${row(msg("Formats"), encoder.content_types.map((type) => FORMATS[type] ?? type).join(", "))}`,
    };
    return settings[software]();
  }

  #fields({ host, port, key, mount, secondMount, user }: Connection): TemplateResult {
    return html`${row(msg("Address"), host)} ${row(msg("Port"), String(port))}
    ${key === undefined ? nothing : row(msg("Password"), key)} ${row(msg("Icecast mountpoint"), mount)}
    ${row(msg("Mountpoint while another host is on air"), secondMount)} ${row(msg("Icecast user"), user)}`;
  }

  #butt(connection: Connection): TemplateResult {
    return html`<div class="form-actions">
        <button class="secondary" data-testid="butt-file" @click=${() => download(connection)}>
          ${msg("Download settings for butt")}
        </button>
      </div>
      <ol>
        <li>${msg("Open Settings in butt, and press Import.")}</li>
        <li>${msg("Choose the downloaded file.")}</li>
        <li>${msg("Press Play to connect.")}</li>
      </ol>
      ${this.created ? nothing : html`<p>${msg("Create a key first, so that the file has it.")}</p>`}
      ${this.#fields(connection)}`;
  }

  #obs(encoder: EncoderView, { host, mount, secondMount }: Connection): TemplateResult {
    const url = (this.created?.url ?? encoder.url).replace(`@${encoder.host}:`, `@${host}:`);
    return html`<ol>
        <li>${msg("Settings › Output › Output mode: Advanced › Recording.")}</li>
        <li>${msg("Type: Custom Output (FFmpeg). Output type: Output to URL.")}</li>
        <li>${msg("Enter the values below, and switch video off.")}</li>
        <li>${msg("Press Start Recording to connect.")}</li>
      </ol>
      ${row(msg("URL"), url)} ${row(msg("URL while another host is on air"), url.replace(mount, secondMount))}
      ${row(msg("Container format"), "mp3")} ${row(msg("Audio encoder"), "libmp3lame")}
      ${row(msg("Audio bitrate"), "128")}`;
  }

  #ffmpeg(connection: Connection): TemplateResult {
    const next = { ...connection, mount: connection.secondMount };
    return html`${row(msg("Command"), ffmpegLine(connection))}
    ${row(msg("Command while another host is on air"), ffmpegLine(next))}`;
  }

  #phone({ slug }: Connection): TemplateResult {
    const url = new URL(`/studio/${slug}/air`, location.href).href;
    return html`<p>${msg("Open the studio on the phone and connect its microphone. No app is needed.")}</p>
      ${qrCode(url, msg("QR code of the studio’s address"))} ${row(msg("Address"), url)}`;
  }

  readonly #onSoftware = ({ target }: Event): void => {
    const { value } = target as HTMLSelectElement;
    if (!isSoftware(value)) return;
    this.software = value;
    keep(KEPT, value);
  };

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

function download(connection: Connection): void {
  const url = URL.createObjectURL(new Blob([buttFile(connection)], { type: "text/plain" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `${connection.slug}-butt.conf` });
  link.click();
  URL.revokeObjectURL(url);
}

customElements.define("awaz-encoder", Encoder);
