import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { Action } from "./action.ts";
import { AwazElement } from "./element.ts";
import { common, controls } from "./styles.ts";

/** Buttons that give something a picture, or take it away. */
export class PictureField extends AwazElement {
  static override properties = { hasPicture: { type: Boolean }, run: {} };
  declare hasPicture: boolean;
  /** Sends a picture, or takes it away if there is none. */
  declare run: (picture: File | undefined) => Promise<unknown>;

  static override styles = [
    common,
    controls,
    css`
      .file {
        position: relative;
        overflow: hidden;
        cursor: pointer;
      }
      .file input {
        position: absolute;
        inset: 0;
        opacity: 0;
        cursor: pointer;
      }
      .file:focus-within {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
    `,
  ];

  readonly #action = new Action(this);

  override render() {
    const { busy, problem } = this.#action;
    return html`<div class="form-actions">
        <label class="secondary file" aria-disabled=${busy}
          >${this.#label(busy)}
          <input
            type="file"
            accept="image/jpeg,image/png,image/webp,image/gif"
            data-testid="art-file"
            ?disabled=${busy}
            @change=${this.#change}
          />
        </label>
        ${
          this.hasPicture
            ? html`<button
                class="secondary"
                type="button"
                data-testid="art-remove"
                ?disabled=${busy}
                @click=${() => void this.#send(undefined)}
              >
                ${msg("Remove picture")}
              </button>`
            : nothing
        }
      </div>
      <p class="bad" role="alert" data-testid="art-problem">${problem}</p>`;
  }

  #label(busy: boolean): string {
    if (busy) return msg("Saving the picture…");
    return this.hasPicture ? msg("Change picture") : msg("Add a picture");
  }

  readonly #change = async ({ target }: Event): Promise<void> => {
    const input = target as HTMLInputElement;
    const [file] = input.files ?? [];
    input.value = "";
    if (file) await this.#send(file);
  };

  async #send(picture: File | undefined): Promise<void> {
    const isDone = await this.#action.run(() => this.run(picture));
    await this.updateComplete;
    // The button that removes it has gone, and the focus with it.
    if (isDone && !picture) this.renderRoot.querySelector("input")?.focus();
  }
}

customElements.define("awaz-picture-field", PictureField);
