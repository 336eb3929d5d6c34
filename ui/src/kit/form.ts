import { msg } from "@lit/localize";
import { html, type TemplateResult } from "lit";

const NEW_PASSWORD_LENGTH = 10;

/** The values of a form without empty fields; trimmed, except for passwords. */
export function formValues(form: HTMLFormElement): Record<string, string> {
  const values = [...new FormData(form)].map(([name, value]) => {
    const text = typeof value === "string" ? value : value.name;
    return [name, form.querySelector(`[name="${name}"][data-secret]`) ? text : text.trim()] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value));
}

/** A password field with a button that shows the password. */
export function passwordField(label: string, name: string, use: "current" | "new"): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <span class="password">
      <input
        id=${name}
        name=${name}
        type="password"
        data-secret
        autocomplete="${use}-password"
        autocapitalize="none"
        spellcheck="false"
        required
        minlength=${use === "new" ? NEW_PASSWORD_LENGTH : 1}
        maxlength="256"
      />
      <button type="button" class="secondary" aria-pressed="false" @click=${togglePassword}>${msg("Show")}</button>
    </span>
  </div>`;
}

function togglePassword(event: Event): void {
  const button = event.currentTarget as HTMLButtonElement;
  const input = button.previousElementSibling as HTMLInputElement;
  const visible = input.type === "password";
  input.type = visible ? "text" : "password";
  button.textContent = visible ? msg("Hide") : msg("Show");
  button.ariaPressed = String(visible);
}
