import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Resource } from "../../app/resource.ts";
import { numberText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import { to } from "../../sdk/api.ts";
import type { ListenersInSync } from "../../wire/schema.ts";

const AGAIN_MS = 10_000;

/** How exactly the listeners hear the same moment, and how late; for who is on air. */
export class InSync extends AwazElement {
  static override styles = [
    common,
    css`
      dl {
        display: grid;
        grid-template-columns: 1fr auto;
        gap: 0.4rem 1rem;
        margin: 0;
      }
      .delay {
        margin-block-start: 0;
        font-weight: 700;
      }
      dd {
        margin: 0;
        font-weight: 700;
        font-variant-numeric: tabular-nums;
        text-align: end;
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #listeners = new Resource(this, () =>
    to("GET /api/v1/stations/{slug}/sync", { path: { slug: this.#station.value.slug } }),
  );
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => {
      if (document.visibilityState === "visible") void this.#listeners.fetch();
    }, AGAIN_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  override render() {
    return this.#listeners.render((listeners) => content(listeners));
  }
}

function content(listeners: ListenersInSync) {
  const { heard_after_ms } = listeners;
  return html`${
    heard_after_ms === undefined
      ? nothing
      : html`<p class="delay" data-testid="heard-after">
          ${msg(str`You are heard about ${secondsText(heard_after_ms)} seconds after you speak.`)}
        </p>`
  }
  ${figures(listeners)}`;
}

function figures({ synced, approximate, error_ms, latency_ms }: ListenersInSync) {
  const playing = synced + approximate;
  if (!playing)
    return html`<p class="muted" data-testid="in-sync">${msg("Nobody is listening on a page right now.")}</p>`;
  const share = msg(str`${numberText(synced)} of ${numberText(playing)}`);
  return html`<dl data-testid="in-sync">
    <dt>${msg("Pages in sync")}</dt>
    <dd>${share}</dd>
    ${error_ms ? row(msg("95% are within"), msg(str`${numberText(Math.round(error_ms.p95))} ms`)) : nothing}
    ${latency_ms ? row(msg("They hear the stream after"), rangeText(secondsText(latency_ms.p50), secondsText(latency_ms.p95))) : nothing}
  </dl>`;
}

function secondsText(ms: number): string {
  return numberText(Math.round(ms / 100) / 10);
}

function rangeText(typical: string, most: string): string {
  return typical === most ? msg(str`${typical} seconds`) : msg(str`${typical} to ${most} seconds`);
}

function row(name: string, value: string) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`;
}

customElements.define("awaz-in-sync", InSync);
