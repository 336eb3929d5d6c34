import { msg } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { chatContext, FromPage } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { modal } from "../../kit/modal.ts";
import { common, controls } from "../../kit/styles.ts";
import { userText } from "../../kit/user-text.ts";
import { dayAndTime, numberText } from "../../i18n/time.ts";
import { to } from "../../sdk/api.ts";
import type { ChatPerson, PastAction, SanctionView } from "../../wire/schema.ts";

/** A person's card, for moderators: their first day in the chat, their messages, and the actions about them. */
export class PersonCard extends AwazElement {
  static override properties = { person: {} };
  /** The person's id. */
  declare person: string;

  static override styles = [
    common,
    controls,
    css`
      h2 {
        font-size: var(--text-card);
      }
      h3 {
        margin-block: 1rem 0.3rem;
        font-size: var(--text-small);
      }
      li {
        padding-block: 0.25rem;
        overflow-wrap: anywhere;
        font-size: var(--text-small);
      }
      .recent {
        max-block-size: 12rem;
        overflow: auto;
      }
      .primary {
        margin-block-start: 1.2rem;
      }
      .muted {
        color: var(--muted);
      }
    `,
  ];

  readonly #place = new FromPage(this, chatContext);
  readonly #card = new Resource<ChatPerson>(this, () =>
    to("GET /api/v1/stations/{slug}/chat/people/{id}", { path: { slug: this.#place.value.slug, id: this.person } }),
  );

  readonly #lifting = new Action(this);

  override render() {
    return html`<dialog ${modal()} aria-label=${msg("Who is this?")} data-testid="person" @close=${this.#onClose}>
      ${this.#card.render((card) => this.#content(card))}
      <button class="primary" autofocus @click=${this.#close}>${msg("Close")}</button>
    </dialog>`;
  }

  #content({ name, since, messages, deleted, recent, sanctions, actions }: ChatPerson): TemplateResult {
    return html`<h2>${userText(name)}</h2>
      <p class="muted">${msg("Writes here since")} ${dayAndTime(since)}</p>
      <p>
        ${msg("Messages:")} ${numberText(messages)}
        ${deleted ? html`· ${msg("deleted:")} ${numberText(deleted)}` : nothing}
      </p>
      ${
        sanctions.length
          ? html`<ul>
                ${sanctions.map(sanctionLine)}
              </ul>
              <button class="secondary" data-testid="lift" ?disabled=${this.#lifting.busy} @click=${this.#lift}>
                ${msg("Lift")}
              </button>
              <p class="bad" role="alert" ?hidden=${!this.#lifting.problem}>${this.#lifting.problem}</p>`
          : nothing
      }
      ${
        recent.length
          ? html`<h3>${msg("Newest messages")}</h3>
              <ul class="recent" tabindex="0">
                ${recent.map(({ text }) => html`<li>${userText(text)}</li>`)}
              </ul>`
          : nothing
      }
      ${
        actions.length
          ? html`<h3>${msg("What was done before")}</h3>
              <ul>
                ${actions.map(actionLine)}
              </ul>`
          : nothing
      }`;
  }

  /** End what keeps the person from writing, or from the station. */
  readonly #lift = (): void => {
    void this.#lifting.run(async () => {
      await this.#place.value.chat.moderate({ action: "unban", user: this.person });
      await this.#card.fetch();
    });
  };

  readonly #close = (): void => this.renderRoot.querySelector("dialog")?.close();

  readonly #onClose = (): void => {
    this.dispatchEvent(new CustomEvent("closed"));
  };
}

function sanctionLine({ kind, until, reason, made_by }: SanctionView): TemplateResult {
  const what = kind === "ban" ? msg("Banned") : msg("Timed out");
  return html`<li data-testid="sanction">
    <strong>${what}</strong>
    ${until === undefined ? nothing : html`${msg("until")} ${dayAndTime(until)}`} · ${userText(made_by)}
    ${reason ? html`· ${userText(reason)}` : nothing}
  </li>`;
}

function actionLine({ action, at, by, reason }: PastAction): TemplateResult {
  const texts: Partial<Record<string, string>> = {
    "ban.add": msg("Banned"),
    "ban.lift": msg("Ban lifted"),
    "timeout.add": msg("Timed out"),
    "timeout.lift": msg("Timeout ended"),
    "chat.delete": msg("Message deleted"),
    "chat.delete_all": msg("All messages deleted"),
    "chat.restore": msg("Messages restored"),
  };
  return html`<li>
    ${texts[action] ?? action} · ${userText(by)} · ${dayAndTime(at)} ${reason ? html`· ${userText(reason)}` : nothing}
  </li>`;
}

customElements.define("awaz-person-card", PersonCard);
