import { msg } from "@lit/localize";
import { css, html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { numberText } from "../../i18n/time.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { AwazElement } from "../../kit/element.ts";
import { common } from "../../kit/styles.ts";
import type { ReactionKind } from "../../wire/schema.ts";
import { PageChat } from "./page-chat.ts";

const SIGNS: Readonly<Record<ReactionKind, string>> = { heart: "❤️", clap: "👏", fire: "🔥", pray: "🙏" };
const KINDS = Object.keys(SIGNS) as ReactionKind[];
/** At most so many float at a time: a crowd is shown by its number. */
const MAX_FLOATING = 20;
const FLOAT_MS = 2_600;

interface Floating {
  readonly id: number;
  readonly kind: ReactionKind;
  readonly place: number;
}

/** Four reactions to what is heard; those of everybody float by, or are counted where nothing is to move. */
export class Reactions extends AwazElement {
  static override properties = { floating: { state: true }, counts: { state: true } };
  declare private floating: readonly Floating[];
  /** Of the last seconds. */
  declare private counts: Readonly<Partial<Record<ReactionKind, number>>>;

  static override styles = [
    common,
    css`
      :host {
        position: relative;
        padding: 0.2rem 0.75rem 0;
      }
      .row {
        display: flex;
        gap: 0.2rem;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.3rem;
        min-inline-size: 2.5rem;
        min-block-size: 2.25rem;
        padding: 0 0.5rem;
        border: 0;
        border-radius: var(--radius-pill);
        background: none;
        font-size: var(--text-body);
        cursor: pointer;
      }
      button:hover {
        background: color-mix(in oklab, var(--ink) 8%, transparent);
      }
      .number {
        color: var(--muted);
        font-size: var(--text-label);
      }
      .floating {
        position: absolute;
        inset-block-end: 100%;
        font-size: var(--text-page);
        pointer-events: none;
        animation: rise 2.6s ease-out forwards;
      }
      @keyframes rise {
        from {
          opacity: 1;
          transform: none;
        }
        to {
          opacity: 0;
          transform: translateY(-9rem);
        }
      }
    `,
  ];

  readonly #place = new PageChat(this, undefined, (place) => place.onReactions((counts) => this.#show(counts)));
  readonly #isStill = matchMedia("(prefers-reduced-motion: reduce)");
  #timer: ReturnType<typeof setTimeout> | undefined;
  #number = 0;

  constructor() {
    super();
    this.floating = [];
    this.counts = {};
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  override render() {
    const names: Record<ReactionKind, string> = {
      heart: msg("Heart"),
      clap: msg("Applause"),
      fire: msg("Fire"),
      pray: msg("Thanks"),
    };
    return html`<div class="row" role="group" aria-label=${msg("Reactions")}>
        ${KINDS.map(
          (kind) =>
            html`<button data-testid="react-${kind}" aria-label=${names[kind]} @click=${() => this.#react(kind)}>
              <span aria-hidden="true">${SIGNS[kind]}</span>
              ${this.counts[kind] ? html`<span class="number">${numberText(this.counts[kind])}</span>` : nothing}
            </button>`,
        )}
      </div>
      ${repeat(
        this.floating,
        ({ id }) => id,
        ({ kind, place }) =>
          html`<span
            class="floating"
            aria-hidden="true"
            data-testid="floating"
            ${cssProperty("inset-inline-start", `${place}%`)}
          >
            ${SIGNS[kind]}
          </span>`,
      )}`;
  }

  #react(kind: ReactionKind): void {
    // What cannot be sent now is of no interest later.
    this.#place.value.chat.react(kind).catch(() => undefined);
  }

  #show(counts: Readonly<Partial<Record<ReactionKind, number>>>): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.floating = [];
      this.counts = {};
    }, FLOAT_MS);
    if (this.#isStill.matches) {
      this.counts = counts;
      return;
    }
    const added = KINDS.flatMap((kind) =>
      Array.from({ length: Math.min(counts[kind] ?? 0, MAX_FLOATING / KINDS.length) }, () => ({
        id: (this.#number += 1),
        kind,
        place: 4 + Math.random() * 85,
      })),
    );
    this.floating = [...this.floating, ...added].slice(-MAX_FLOATING);
  }
}

customElements.define("awaz-reactions", Reactions);
