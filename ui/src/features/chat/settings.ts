import { msg } from "@lit/localize";
import { html } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import type { ChatSettingsView } from "../../wire/schema.ts";

/** A chat's word list, for how long its messages are kept, and whether it is public; for owners. */
export class ChatSettings extends AwazElement {
  static override properties = { saved: { state: true } };
  declare private saved: boolean;

  static override styles = [common, controls];

  readonly #station = new FromPage(this, stationContext);
  readonly #settings = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/chat/settings", { path: this.#station.value }),
  );
  readonly #action = new Action(this);

  override render() {
    return this.#settings.render((settings) => this.#form(settings));
  }

  #form({ words, keep_days, public: isPublic }: ChatSettingsView) {
    const { busy, problem } = this.#action;
    return html`<form @submit=${this.#save} @input=${() => (this.saved = false)}>
      <label>
        ${msg("Hold messages that contain these words")}
        <textarea
          name="words"
          dir="auto"
          rows="5"
          data-testid="chat-words"
          aria-describedby="words-hint"
          .value=${words.join("\n")}
        ></textarea>
        <span class="hint" id="words-hint"
          >${msg("One word or phrase per line. A * at the end stands for any ending; letters that look alike count as the same.")}</span
        >
      </label>
      <label>
        ${msg("Days to keep messages")}
        <input type="number" name="keep_days" min="1" max="3650" required .value=${String(keep_days)} />
      </label>
      <div class="field">
        <label class="check">
          <input type="checkbox" name="public" aria-describedby="public-hint" .checked=${isPublic} />
          ${msg("Public feed of the chat")}
        </label>
        <span class="hint" id="public-hint"
          >${msg("Programs can read the chat without joining it. Listeners’ pages don’t need this.")}</span
        >
      </div>
      <div class="form-actions">
        <button class="primary" data-testid="chat-settings-save" ?disabled=${busy}>${msg("Save")}</button>
        <span role="status" class=${this.saved ? "good" : "bad"} data-testid="chat-settings-result"
          >${this.saved ? msg("Saved.") : problem}</span
        >
      </div>
    </form>`;
  }

  readonly #save = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.target as HTMLFormElement;
    const { words = "", keep_days = "" } = formValues(form);
    const body = {
      words: words
        .split("\n")
        .map((word) => word.trim())
        .filter(Boolean),
      keep_days: Number(keep_days),
      public: (form.elements.namedItem("public") as HTMLInputElement).checked,
    };
    const request = to("PATCH /api/v1/stations/{slug}/chat/settings", { path: this.#station.value, body });
    this.saved = await this.#action.run(() => this.#settings.mutate(request));
  };
}

customElements.define("awaz-chat-settings", ChatSettings);
