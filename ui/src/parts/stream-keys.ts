import { LitElement, html, nothing, type TemplateResult } from "lit";
import { callAs } from "../client/http.ts";
import type { TokenSource } from "../client/session.ts";
import type { KeyView } from "../client/wire.ts";
import "./confirm.ts";
import "./copyable.ts";
import { filledIn } from "./fields.ts";
import { Remote } from "./remote.ts";
import { common, controls, rows } from "./styles.ts";
import { said } from "./text.ts";
import { dayAndTime } from "./time.ts";
import { Work } from "./work.ts";

/** What encoders of a station prove themselves with. */
export class StreamKeys extends LitElement {
  static override properties = { slug: {}, session: {}, made: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare made: KeyView | undefined;

  static override styles = [common, controls, rows];

  readonly #keys = new Remote<{ keys: KeyView[] }>(this, () => this.#path);
  readonly #work = new Work(this);

  override render() {
    const { busy, problem } = this.#work;
    return html`<form @submit=${this.#make}>
        <div class="pair">
          <label>
            Where it is used
            <input name="label" dir="auto" maxlength="80" autocomplete="off" placeholder="Studio laptop" />
          </label>
          <label>
            Whose it is (a login)
            <input name="login" autocapitalize="none" maxlength="64" autocomplete="off" placeholder="Yours" />
          </label>
        </div>
        <div class="end">
          <button class="main" ?disabled=${busy}>Make a key</button>
          <span class="bad" role="alert" data-testid="keys-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.made ? this.#shown(this.made) : nothing}</div>
      ${this.#keys.render(({ keys }) =>
        keys.length
          ? html`<ul class="rows" data-testid="keys">
              ${keys.map((key) => this.#key(key))}
            </ul>`
          : html`<p class="muted" data-testid="keys">There is no key yet: nobody can go live with an encoder.</p>`,
      )}`;
  }

  get #path(): string {
    return `stations/${this.slug}/stream-keys`;
  }

  #shown(made: KeyView): TemplateResult {
    return html`<div class="made" data-testid="key-made">
      <p>The key for ${said(made.host)}. Copy it now: it <strong>cannot be shown again</strong>.</p>
      <awaz-copyable label="Stream key" .value=${made.key ?? ""}></awaz-copyable>
      ${made.url ? html`<awaz-copyable label="URL with the key" .value=${made.url}></awaz-copyable>` : nothing}
    </div>`;
  }

  #key({ id, host, login, label, created_at, revoked_at }: KeyView): TemplateResult {
    const revoked = revoked_at !== undefined;
    return html`<li data-testid="key" data-login=${login} class=${revoked ? "over" : ""}>
      <div class="who">
        <strong>${said(label || host)}</strong>
        ${revoked ? html`<span class="tag">Revoked ${dayAndTime(revoked_at)}</span>` : nothing}
        <span class="muted">${said(host)} (${said(login)}), made ${dayAndTime(created_at)}</span>
      </div>
      ${revoked
        ? nothing
        : html`<awaz-confirm
            label="Revoke"
            .question=${html`Revoke the key ${said(label || host)}? An encoder that uses it is cut off.`}
            .action=${() => this.#keys.change("DELETE", `${this.#path}/${id}`)}
            hook="key-revoke"
          ></awaz-confirm>`}
    </li>`;
  }

  readonly #make = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const done = await this.#work.run(async () => {
      this.made = await callAs<KeyView>(this.session, this.#path, { method: "POST", body: filledIn(form) });
      await this.#keys.fetch();
    });
    if (done) form.reset();
  };
}

customElements.define("awaz-stream-keys", StreamKeys);
