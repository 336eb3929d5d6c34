import { msg } from "@lit/localize";
import { html } from "lit";
import { AwazElement } from "./element.ts";

const NEW_PASSWORD_LENGTH = 10;

/** A password field with a button that shows the password. It is rendered without a shadow root, as part of its form. */
export class Password extends AwazElement {
  static override properties = { label: {}, name: {}, use: {}, visible: { state: true } };
  declare label: string;
  declare name: string;
  declare use: "current" | "new";
  declare visible: boolean;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<div class="field">
      <label for=${this.name}>${this.label}</label>
      <span class="password">
        <input
          id=${this.name}
          name=${this.name}
          type=${this.visible ? "text" : "password"}
          data-secret
          autocomplete="${this.use}-password"
          autocapitalize="none"
          spellcheck="false"
          required
          minlength=${this.use === "new" ? NEW_PASSWORD_LENGTH : 1}
          maxlength="256"
        />
        <button
          type="button"
          class="secondary"
          aria-pressed=${Boolean(this.visible)}
          @click=${() => (this.visible = !this.visible)}
        >
          ${this.visible ? msg("Hide") : msg("Show")}
        </button>
      </span>
    </div>`;
  }
}

customElements.define("awaz-password", Password);
