import { LitElement, css, html, type TemplateResult } from "lit";
import type { TokenSource } from "../client/session.ts";
import { reachableHost } from "../client/urls.ts";
import type { EncoderView } from "../client/wire.ts";
import "./copyable.ts";
import { Remote } from "./remote.ts";
import { common, controls } from "./styles.ts";

function row(label: string, value: string) {
  return html`<awaz-copyable .label=${label} .value=${value}></awaz-copyable>`;
}

/** What to type into the two encoders that most hosts use. */
export class Encoder extends LitElement {
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

  readonly #encoder = new Remote<EncoderView>(this, () => `stations/${this.slug}/encoder`);

  override render() {
    return this.#encoder.render((encoder) => this.#settings(encoder));
  }

  #settings(encoder: EncoderView): TemplateResult {
    const { port, mount, user, content_types } = encoder;
    const host = reachableHost(encoder.host, location.hostname);
    const url = encoder.url.replace(`@${encoder.host}:`, `@${host}:`);
    return html`<p>
        The password is <strong>the stream key you were given</strong>. It was shown when it was made and cannot be
        shown again; whoever keeps the station can make a new one.
      </p>
      <h3>butt</h3>
      <p>Settings, Main, Server, Add. Server type: Icecast.</p>
      ${row("Address", host)} ${row("Port", String(port))} ${row("Icecast mountpoint", mount)}
      ${row("Icecast user", user)}
      <h3>OBS</h3>
      <p>
        Settings, Output, Output mode Advanced, Recording. Type: Custom Output (FFmpeg). Output type: Output to URL.
        Put your stream key into the address, then press Start Recording.
      </p>
      ${row("URL", url)} ${row("Container format", "mp3")} ${row("Audio encoder", "libmp3lame")}
      <h3>Anything else that speaks Icecast</h3>
      <p>Accepted: ${content_types.join(", ")}.</p>`;
  }
}

customElements.define("awaz-encoder", Encoder);
