import { AwazElement } from "../../kit/element.ts";
import { formatLocale } from "../../i18n/locale.ts";
import { msg } from "@lit/localize";
import { css, html, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import type { TokenSource } from "../../sdk/http.ts";
import { reachableHost } from "../../app/urls.ts";
import type { EncoderView } from "../../wire/schema.ts";
import "../../kit/copyable.ts";
import { Resource } from "../../app/resource.ts";
import { common, controls } from "../../kit/styles.ts";

const FORMATS: Record<string, string> = { "audio/mpeg": "MP3", "audio/aac": "AAC", "audio/ogg": "Ogg Vorbis" };

function row(label: string, value: string) {
  return html`<awaz-copyable .label=${label} .value=${value}></awaz-copyable>`;
}

/** Settings for the most common encoders. */
export class Encoder extends AwazElement {
  static override properties = { slug: {}, session: {} };
  declare slug: string;
  declare session: TokenSource;

  static override styles = [
    common,
    controls,
    css`
      h3 {
        margin-block: 1.4rem 0.2rem;
        font-size: 1rem;
      }
      p {
        color: var(--muted);
        font-size: 0.95rem;
        margin-block-end: 0.5rem;
        max-inline-size: 60ch;
      }
      strong {
        color: var(--ink);
      }
    `,
  ];

  readonly #encoder = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/encoder", { path: { slug: this.slug } }),
  );

  override render() {
    return this.#encoder.render((encoder) => this.#settings(encoder));
  }

  #settings(encoder: EncoderView): TemplateResult {
    const { port, mount, user, content_types } = encoder;
    const host = reachableHost(encoder.host, location.hostname);
    const url = encoder.url.replace(`@${encoder.host}:`, `@${host}:`);
    return html`<p>
        ${msg(html`Use a <strong>stream key</strong> as the password. Owners can create one under Stream keys.`)}
      </p>
      <h3>butt</h3>
      <p>${msg("Settings › Main › Server › Add. Type: Icecast.")}</p>
      ${row(msg("Address"), host)} ${row(msg("Port"), String(port))} ${row(msg("Icecast mountpoint"), mount)}
      ${row(msg("Icecast user"), user)}
      <h3>OBS</h3>
      <p>
        ${msg(
          "Settings › Output › Output mode: Advanced › Recording. Type: Custom Output (FFmpeg). Output type: Output to URL. Replace YOUR-STREAM-KEY in the URL, then press Start Recording.",
        )}
      </p>
      ${row(msg("URL"), url)} ${row(msg("Container format"), "mp3")} ${row(msg("Audio encoder"), "libmp3lame")}
      <h3>${msg("Other encoders")}</h3>
      <p>${new Intl.ListFormat(formatLocale()).format(content_types.map((type) => FORMATS[type] ?? type))}.</p>`;
  }
}

customElements.define("awaz-encoder", Encoder);
