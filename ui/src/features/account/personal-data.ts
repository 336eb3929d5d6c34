import { msg } from "@lit/localize";
import { css, html } from "lit";
import { FromPage, sessionContext } from "../../app/contexts.ts";
import { Action } from "../../kit/action.ts";
import "../../kit/confirm.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";

const FILE = "awaz-my-data.json";

/** Downloads what is kept of the person who is signed in, or a guest; or erases it, and fires `erased`. */
export class PersonalData extends AwazElement {
  /** `name` is typed before anything is erased; undefined for guests, who have less to lose. */
  static override properties = { name: {} };
  declare name: string | undefined;

  static override styles = [
    common,
    controls,
    css`
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #download = new Action(this);

  override render() {
    const { busy, problem } = this.#download;
    const question =
      this.name === undefined
        ? msg("Delete everything you wrote and liked? This cannot be undone.")
        : msg("Delete your account, and everything you wrote and liked? This cannot be undone.");
    return html`<div class="actions">
        <button
          class="secondary"
          data-testid="export"
          ?disabled=${busy}
          @click=${() => this.#download.run(() => this.#save())}
        >
          ${msg("Download my data")}
        </button>
        <awaz-confirm
          .label=${msg("Delete my data")}
          .question=${question}
          .toType=${this.name}
          .run=${() => this.#erase()}
          testId="erase"
        ></awaz-confirm>
      </div>
      <p class="bad" role="alert" ?hidden=${!problem}>${problem}</p>`;
  }

  async #save(): Promise<void> {
    const data = await callAuthenticated(this.#session.value, to("GET /api/v1/me/export", {}));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(data, undefined, 2)], { type: "application/json" }));
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async #erase(): Promise<void> {
    await callAuthenticated(this.#session.value, to("DELETE /api/v1/me", {}));
    this.dispatchEvent(new Event("erased", { bubbles: true, composed: true }));
  }
}

customElements.define("awaz-personal-data", PersonalData);
