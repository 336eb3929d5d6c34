import { html, type TemplateResult } from "lit";

const NEW_PASSWORD_LENGTH = 10;

/** What was typed, trimmed, without the fields that were left empty. Passwords are taken as they are. */
export function filledIn(form: HTMLFormElement): Record<string, string> {
  const typed = [...new FormData(form)].map(([name, value]) => {
    const text = String(value);
    return [name, form.querySelector(`[name="${name}"][data-secret]`) ? text : text.trim()] as const;
  });
  return Object.fromEntries(typed.filter(([, value]) => value));
}

/** A password that can be looked at while it is typed, so that it need not be typed twice. */
export function passwordField(label: string, name: string, use: "current" | "new"): TemplateResult {
  return html`<div class="field">
    <label for=${name}>${label}</label>
    <span class="secret">
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
      <button type="button" class="plain" aria-pressed="false" @click=${showOrHide}>Show</button>
    </span>
  </div>`;
}

function showOrHide(event: Event): void {
  const button = event.currentTarget as HTMLButtonElement;
  const input = button.previousElementSibling as HTMLInputElement;
  const shows = input.type === "password";
  input.type = shows ? "text" : "password";
  button.textContent = shows ? "Hide" : "Show";
  button.ariaPressed = String(shows);
}
