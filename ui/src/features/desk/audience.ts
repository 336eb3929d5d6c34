import { msg } from "@lit/localize";
import { html } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { AwazElement } from "../../kit/element.ts";
import { common, controls } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import type { AudienceAnswer } from "../../wire/schema.ts";
import "./listener-curve.ts";

const AGAIN_MS = 60_000;

/** How many listened in the last hour; fetched again each minute while the page is seen. */
export class Audience extends AwazElement {
  static override styles = [common, controls];

  readonly #station = new FromPage(this, stationContext);
  readonly #audience = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/audience", { path: { slug: this.#station.value.slug }, query: { minutes: 60 } }),
  );
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.#audience.fetch();
    }, AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return html`${this.#audience.render((audience) => this.#curve(audience))}`;
  }

  #curve({ since, until, minutes }: AudienceAnswer) {
    if (!minutes.length) return html`<p class="muted">${msg("Nobody has listened in the last hour.")}</p>`;
    return html`<awaz-listener-curve .minutes=${minutes} .since=${since} .until=${until}></awaz-listener-curve>`;
  }
}

customElements.define("awaz-audience", Audience);
