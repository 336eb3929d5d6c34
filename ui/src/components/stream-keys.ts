import { LitElement, html, nothing, type TemplateResult } from "lit";
import { to } from "../client/api.ts";
import type { TokenSource } from "../client/http.ts";
import type { KeyRequest, KeyView } from "../wire/schema.ts";
import { Action } from "./action.ts";
import "./confirm.ts";
import "./copyable.ts";
import { formValues } from "./form.ts";
import { Resource } from "./resource.ts";
import { common, controls, rows } from "./styles.ts";
import { dayAndTime } from "./time.ts";
import { userText } from "./user-text.ts";

/** A station's stream keys, the passwords of its encoders. */
export class StreamKeys extends LitElement {
  static override properties = { slug: {}, session: {}, created: { state: true } };
  declare slug: string;
  declare session: TokenSource;
  declare created: KeyView | undefined;

  static override styles = [common, controls, rows];

  readonly #keys = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/stream-keys", { path: { slug: this.slug } }),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#create}>
        <div class="field-grid">
          <label>
            Label
            <input name="label" dir="auto" maxlength="80" autocomplete="off" placeholder="Studio laptop" />
          </label>
          <label>
            Belongs to (username)
            <input name="login" autocapitalize="none" maxlength="64" autocomplete="off" placeholder="You" />
          </label>
        </div>
        <div class="form-actions">
          <button class="primary" ?disabled=${busy}>Create key</button>
          <span class="bad" role="alert" data-testid="keys-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.created ? this.#newKey(this.created) : nothing}</div>
      ${this.#keys.render(({ keys }) =>
        keys.length
          ? html`<ul class="rows" data-testid="keys">
              ${keys.map((key) => this.#key(key))}
            </ul>`
          : html`<p class="muted" data-testid="keys">No keys yet. Create one to go live.</p>`,
      )}`;
  }

  #newKey({ host, key, url }: KeyView): TemplateResult {
    return html`<div class="created" data-testid="key-created">
      <p>The key for ${userText(host)}. <strong>Copy it now; you won’t see it again.</strong></p>
      <awaz-copyable label="Stream key" .value=${key ?? ""}></awaz-copyable>
      ${url ? html`<awaz-copyable label="Complete URL" .value=${url}></awaz-copyable>` : nothing}
    </div>`;
  }

  #key({ id, host, login, label, created_at, revoked_at }: KeyView): TemplateResult {
    const revoked = revoked_at !== undefined;
    return html`<li data-testid="key" data-login=${login} class=${revoked ? "inactive" : ""}>
      <div class="entry-text">
        <strong>${userText(label || host)}</strong>
        ${revoked ? html`<span class="tag">Revoked ${dayAndTime(revoked_at)}</span>` : nothing}
        <span class="muted">${userText(host)} (${userText(login)}), created ${dayAndTime(created_at)}</span>
      </div>
      ${
        revoked
          ? nothing
          : html`<awaz-confirm
              label="Revoke"
              .question=${html`Revoke the key ${userText(label || host)}? Any encoder using it is disconnected.`}
              .run=${() => this.#revoke(id)}
              testId="key-revoke"
            ></awaz-confirm>`
      }
    </li>`;
  }

  #revoke(id: string) {
    const path = { slug: this.slug, id };
    return this.#keys.mutate(to("DELETE /api/v1/stations/{slug}/stream-keys/{id}", { path }));
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const created = await this.#action.run(async () => {
      const { login, label = "" } = formValues(form);
      const whose: Pick<KeyRequest, "login"> = login ? { login } : {};
      const body: KeyRequest = { label, ...whose };
      this.created = await this.#keys.mutate(
        to("POST /api/v1/stations/{slug}/stream-keys", { path: { slug: this.slug }, body }),
      );
    });
    if (created) form.reset();
  };
}

customElements.define("awaz-stream-keys", StreamKeys);
