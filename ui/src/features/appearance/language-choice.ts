import { msg } from "@lit/localize";
import { css, html } from "lit";
import { chooseLanguage } from "../../app/language.ts";
import { languages, type Language } from "../../i18n/languages.ts";
import { currentLanguage, languageName } from "../../i18n/locale.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";

/** Buttons for the languages of the pages. */
export class LanguageChoice extends AwazElement {
  static override properties = { failed: { state: true } };
  /** The language whose sentences could not be loaded. */
  declare private failed: Language | undefined;

  static override styles = [
    common,
    css`
      div {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem;
      }
      button {
        min-inline-size: 2.75rem;
        min-block-size: 2.75rem;
        padding-inline: 0.6rem;
        border: 0;
        border-radius: var(--radius-pill);
        background: none;
        color: var(--muted);
        cursor: pointer;
      }
      button[aria-pressed="true"] {
        color: var(--ink);
        font-weight: 700;
      }

      /* Of the system, so that an English page fetches no other typeface for one word. */
      button:not([aria-pressed="true"]) {
        font-family: system-ui, sans-serif;
      }
      p {
        color: var(--bad);
      }
    `,
  ];

  override render() {
    return html`<div role="group" aria-label=${msg("Language")}>
        ${languages.map((language) => this.#button(language))}
      </div>
      <p role="alert">${this.failed ? msg("The language could not be loaded. Please try again.") : ""}</p>`;
  }

  #button(language: Language) {
    return html`<button
      lang=${language}
      data-testid="language-${language}"
      aria-pressed=${language === currentLanguage()}
      @click=${() => void this.#choose(language)}
    >
      ${languageName(language)}
    </button>`;
  }

  async #choose(language: Language): Promise<void> {
    this.failed = undefined;
    await chooseLanguage(language).catch(() => (this.failed = language));
  }
}

customElements.define("awaz-language", LanguageChoice);
