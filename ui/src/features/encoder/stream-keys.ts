import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { Task } from "@lit/task";
import { html, nothing, type TemplateResult } from "lit";
import { to } from "../../sdk/api.ts";
import { FromPage, sessionContext, stationContext, viewerContext } from "../../app/contexts.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { KeyRequest, KeyView, MemberView } from "../../wire/schema.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import "../../kit/copyable.ts";
import { formValues } from "../../kit/form.ts";
import { Resource } from "../../app/resource.ts";
import { ofStation } from "../../app/selected.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { dayAndTime } from "../../i18n/time.ts";
import { userText } from "../../kit/user-text.ts";

/** A station's stream keys, the passwords of its encoders. */
export class StreamKeys extends AwazElement {
  static override properties = { created: { state: true } };
  declare created: KeyView | undefined;

  static override styles = [common, controls, rows];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #viewer = new FromPage(this, viewerContext);
  readonly #keys = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/stream-keys", { path: this.#station.value }),
  );
  /** The members who can have a key, for owners, who make keys for others. */
  readonly #hosts = new Task(this, {
    args: () => [this.#station.value.slug, this.#viewer.value.permissions.canManageKeys, this.#session.value] as const,
    task: async ([slug, canManage, session], { signal }): Promise<readonly MemberView[]> => {
      if (!canManage) return [];
      const request = to("GET /api/v1/stations/{slug}/members", { path: { slug } });
      const { members } = await callAuthenticated(session, request, { signal });
      return members.filter(({ role, user_id }) => canGoOnAir(role) && user_id !== this.#viewer.value.userId);
    },
  });
  /** The ids of the keys of sources that are connected. */
  readonly #inUse = ofStation(this, ({ signals }) =>
    Object.values(signals)
      .filter(({ source }) => source.state !== "absent")
      .map(({ source }) => source.key_id ?? "")
      .join(" "),
  );
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#create}>
        <div class="field-grid">
          <label>
            ${msg("Label")}
            <input name="label" dir="auto" maxlength="80" autocomplete="off" placeholder=${msg("Studio laptop")} />
          </label>
          ${
            this.#viewer.value.permissions.canManageKeys
              ? html`<label>
                  ${msg("Belongs to")}
                  <select name="login">
                    <option value="">${msg("You")}</option>
                    ${this.#hosts.value?.map(({ login, name }) => html`<option value=${login}>${name} (${login})</option>`)}
                  </select>
                </label>`
              : nothing
          }
        </div>
        <div class="form-actions">
          <button class="primary" ?disabled=${busy}>${msg("Create key")}</button>
          <span class="bad" role="alert" data-testid="keys-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.created ? this.#newKey(this.created) : nothing}</div>
      ${this.#keys.render(({ keys }) =>
        keys.length
          ? html`<ul class="rows" data-testid="keys">
              ${keys.map((key) => this.#key(key))}
            </ul>`
          : html`<p class="muted" data-testid="keys">${msg("No keys yet. Create one to go live.")}</p>`,
      )}`;
  }

  #newKey({ host, key, url }: KeyView): TemplateResult {
    return html`<div class="created" data-testid="key-created">
      <p>
        ${msg(html`The key for ${userText(host)}.`)} <strong>${msg("Copy it now; you won’t see it again.")}</strong>
      </p>
      <awaz-copyable .label=${msg("Stream key")} .value=${key ?? ""}></awaz-copyable>
      ${url ? html`<awaz-copyable .label=${msg("Complete URL")} .value=${url}></awaz-copyable>` : nothing}
    </div>`;
  }

  #key({ id, host, login, label, created_at, revoked_at, last_used_at }: KeyView): TemplateResult {
    const revoked = revoked_at !== undefined;
    const isInUse = this.#inUse.value?.split(" ").includes(id) ?? false;
    return html`<li data-testid="key" data-login=${login} class=${revoked ? "inactive" : ""}>
      <div class="entry-text">
        <strong>${userText(label || host)}</strong>
        ${revoked ? html`<span class="tag">${msg(str`Revoked ${dayAndTime(revoked_at)}`)}</span>` : nothing}
        ${isInUse ? html`<span class="tag" data-testid="key-in-use">${msg("In use now")}</span>` : nothing}
        <span class="muted"
          >${msg(html`${userText(host)} (${userText(login)}), created ${dayAndTime(created_at)}`)}</span
        >
        <span class="muted">
          ${last_used_at === undefined ? msg("Never used") : msg(str`Last used ${dayAndTime(last_used_at)}`)}
        </span>
      </div>
      ${
        revoked
          ? nothing
          : html`<awaz-confirm
              .label=${msg("Revoke")}
              .question=${msg(html`Revoke the key ${userText(label || host)}? Any encoder using it is disconnected.`)}
              .run=${() => this.#revoke(id)}
              testId="key-revoke"
            ></awaz-confirm>`
      }
    </li>`;
  }

  #revoke(id: string) {
    const path = { slug: this.#station.value.slug, id };
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
        to("POST /api/v1/stations/{slug}/stream-keys", { path: this.#station.value, body }),
      );
    });
    if (created) form.reset();
  };
}

function canGoOnAir(role: MemberView["role"]): boolean {
  return role === "owner" || role === "host";
}

customElements.define("awaz-stream-keys", StreamKeys);
