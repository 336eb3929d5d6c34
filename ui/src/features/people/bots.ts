import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { roleLabel } from "../../app/roles.ts";
import { dayAndTime } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import "../../kit/copyable.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls, rows } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import type { BotRequest, BotView } from "../../wire/schema.ts";

type Role = NonNullable<BotRequest["role"]>;

const ROLES: readonly Role[] = ["listener", "moderator", "host"];

/** A station's bots, with their keys; for owners. */
export class Bots extends AwazElement {
  static override properties = { created: { state: true } };
  declare private created: BotView | undefined;

  static override styles = [common, controls, rows];

  readonly #station = new FromPage(this, stationContext);
  readonly #bots = new Resource(this, () => to("GET /api/v1/stations/{slug}/bots", { path: this.#station.value }));
  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#create}>
        <div class="field-grid">
          <label>
            ${msg("Name")}
            <input name="name" dir="auto" required maxlength="40" autocomplete="off" data-testid="bot-name" />
          </label>
          <label>
            ${msg("Role")}
            <select name="role" data-testid="bot-role">
              ${ROLES.map((role) => html`<option value=${role}>${roleLabel(role)}</option>`)}
            </select>
          </label>
        </div>
        <div class="form-actions">
          <button class="primary" data-testid="bot-create" ?disabled=${busy}>${msg("Create bot")}</button>
          <span class="bad" role="alert" data-testid="bots-problem">${problem}</span>
        </div>
      </form>
      <div role="status">${this.created ? newKey(this.created) : nothing}</div>
      ${this.#bots.render(({ bots }) =>
        bots.length
          ? html`<ul class="rows" data-testid="bots">
              ${bots.map((bot) => this.#row(bot))}
            </ul>`
          : html`<p class="muted" data-testid="bots">${msg("No bots yet.")}</p>`,
      )}`;
  }

  #row({ id, name, role, made_by, created_at, used_at }: BotView): TemplateResult {
    return html`<li data-testid="bot">
      <div class="entry-text">
        <strong>${userText(name)}</strong>
        ${role === undefined ? nothing : html`<span class="tag">${roleLabel(role)}</span>`}
        <span class="muted">${msg(html`Created by ${userText(made_by)}, ${dayAndTime(created_at)}`)}</span>
        <span class="muted">
          ${used_at === undefined ? msg("Never used") : msg(str`Last used ${dayAndTime(used_at)}`)}
        </span>
      </div>
      <awaz-confirm
        .label=${msg("Remove")}
        .question=${msg(html`Remove ${userText(name)}? It is disconnected at once, and its key stops working.`)}
        .run=${() => this.#remove(id)}
        testId="bot-remove"
      ></awaz-confirm>
    </li>`;
  }

  async #remove(id: string): Promise<void> {
    const path = { slug: this.#station.value.slug, id };
    await this.#bots.mutate(to("DELETE /api/v1/stations/{slug}/bots/{id}", { path }));
    if (this.created?.id === id) this.created = undefined;
  }

  readonly #create = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const created = await this.#action.run(async () => {
      const { name = "", role } = formValues(form);
      const body: BotRequest = { name, role: role as Role };
      this.created = await this.#bots.mutate(
        to("POST /api/v1/stations/{slug}/bots", { path: this.#station.value, body }),
      );
    });
    if (created) form.reset();
  };
}

function newKey({ name, key }: BotView): TemplateResult {
  return html`<div class="created" data-testid="bot-key">
    <p>${msg(html`The key for ${userText(name)}.`)} <strong>${msg("Copy it now; you won’t see it again.")}</strong></p>
    <awaz-copyable .label=${msg("Bot key")} .value=${key ?? ""}></awaz-copyable>
    <p class="muted">
      ${msg(html`The bot exchanges it for an access token: <code>POST /api/v1/auth/bot</code>.`)}
      <a href="/docs/http" target="_blank">${msg("Reference")}</a>
    </p>
  </div>`;
}

customElements.define("awaz-bots", Bots);
