import { LitElement, html, nothing, type TemplateResult } from "lit";
import type { TokenSource } from "../client/session.ts";
import type { BanView } from "../client/wire.ts";
import "./confirm.ts";
import { filledIn } from "./fields.ts";
import { Remote } from "./remote.ts";
import { common, controls, rows } from "./styles.ts";
import { said } from "./text.ts";
import { dayAndTime } from "./time.ts";
import { Work } from "./work.ts";

const HOUR_S = 3600;
const FOR_GOOD = "";
const TERMS: readonly (readonly [seconds: number | typeof FOR_GOOD, words: string])[] = [
  [HOUR_S, "1 hour"],
  [24 * HOUR_S, "1 day"],
  [30 * 24 * HOUR_S, "30 days"],
  [FOR_GOOD, "Until allowed again"],
];

/** Who was sent away, from a station or from the platform. */
export class Bans extends LitElement {
  static override properties = { path: {}, session: {} };
  /** `stations/<slug>/bans` or `admin/bans`. */
  declare path: string;
  declare session: TokenSource;

  static override styles = [common, controls, rows];

  readonly #bans = new Remote<{ bans: BanView[] }>(this, () => this.path);
  readonly #work = new Work(this);

  override render() {
    return html`${this.#form()}
    ${this.#bans.render(({ bans }) =>
      bans.length
        ? html`<ul class="rows" data-testid="bans">
            ${bans.map((ban) => this.#ban(ban))}
          </ul>`
        : html`<p class="muted" data-testid="bans">Nobody is kept out.</p>`,
    )}`;
  }

  #form(): TemplateResult {
    const { busy, problem } = this.#work;
    return html`<form @submit=${this.#add}>
      <div class="pair">
        <label>User id <input name="user_id" required maxlength="64" autocapitalize="none" autocomplete="off" /></label>
        <label>
          For
          <select name="seconds">
            ${TERMS.map(([seconds, words]) => html`<option value=${seconds}>${words}</option>`)}
          </select>
        </label>
        <label>Reason <input name="reason" dir="auto" maxlength="200" autocomplete="off" /></label>
      </div>
      <div class="end">
        <button class="main" ?disabled=${busy}>Send away</button>
        <span class="bad" role="alert" data-testid="bans-problem">${problem}</span>
      </div>
    </form>`;
  }

  #ban({ id, user_id, name, reason, made_by, created_at, until }: BanView): TemplateResult {
    return html`<li data-testid="ban" data-user=${user_id}>
      <div class="who">
        <strong>${said(name)}</strong>
        <span class="tag">${until === undefined ? "Until allowed again" : `Until ${dayAndTime(until)}`}</span>
        ${reason ? html`<span class="muted">${said(reason)}</span>` : nothing}
        <span class="muted">By ${said(made_by)}, ${dayAndTime(created_at)}</span>
      </div>
      <awaz-confirm
        label="Allow again"
        .question=${html`Let ${said(name)} come back?`}
        .action=${() => this.#bans.change("DELETE", `${this.path}/${id}`)}
        hook="ban-lift"
      ></awaz-confirm>
    </li>`;
  }

  readonly #add = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { seconds, ...who } = filledIn(form);
    const body = { ...who, ...(seconds && { seconds: Number(seconds) }) };
    if (await this.#work.run(() => this.#bans.change("POST", this.path, body))) form.reset();
  };
}

customElements.define("awaz-bans", Bans);
