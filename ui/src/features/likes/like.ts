import { msg, str } from "@lit/localize";
import { css, html, nothing } from "lit";
import { FromPage, likesContext, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { errorText } from "../../i18n/problems.ts";
import { numberText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { heartIcon } from "../../kit/icons.ts";
import { common } from "../../kit/styles.ts";
import { currentTrack } from "../../sdk/state.ts";
import { isLiked, setLiked } from "./liked.ts";

/** A heart for one playing of a track, with by how many it is liked; without `play`, for what is on. */
export class Like extends AwazElement {
  static override properties = { play: {}, name: {}, wanted: { state: true }, problem: { state: true } };
  /** The id of the play. */
  declare play: string | undefined;
  /** The title, for screen readers. */
  declare name: string | undefined;
  /** What was pressed, until the server has answered. */
  declare private wanted: boolean | undefined;
  declare private problem: string;

  static override styles = [
    common,
    css`
      :host {
        display: inline-block;
      }
      button {
        display: inline-flex;
        align-items: center;
        gap: 0.4rem;
        min-block-size: 2rem;
        min-inline-size: 2.25rem;
        padding: 0.1rem 0.5rem;
        border: 0;
        border-radius: var(--radius-pill);
        background: none;
        cursor: pointer;
        font-variant-numeric: tabular-nums;
      }
      button:hover {
        background: color-mix(in oklab, currentcolor 12%, transparent);
      }
      [aria-pressed="true"] svg {
        fill: var(--madder);
        stroke: var(--madder);
      }
      @media (prefers-reduced-motion: no-preference) {
        [aria-pressed="true"] svg {
          animation: beat 0.35s;
        }
        @keyframes beat {
          50% {
            transform: scale(1.35);
          }
        }
      }
    `,
  ];

  readonly #station = new FromPage(this, stationContext);
  readonly #likes = new FromPage(this, likesContext);
  readonly #counts = ofStation(this, ({ likes }) => likes);
  readonly #now = ofStation(this, (state) => ({ id: state.metadata?.play_id, title: currentTrack(state)?.title }));

  override render() {
    const id = this.#id;
    const station = this.#station.optional;
    if (id === undefined || !station) return nothing;
    const name = this.name ?? this.#now.value?.title ?? "";
    const count = this.#counts.value?.[id] ?? 0;
    const isOn = this.wanted ?? isLiked(station.slug, id);
    if (!this.#likes.optional) return count ? html`<span>♥ ${numberText(count)}</span>` : nothing;
    return html`<button
      data-testid="like"
      data-count=${count}
      aria-pressed=${isOn}
      aria-label=${count ? msg(str`Like ${name}: ${numberText(count)}`) : msg(str`Like ${name}`)}
      title=${this.problem || nothing}
      @click=${() => void this.toggle()}
    >
      ${heartIcon} ${count ? html`<span>${numberText(count)}</span>` : nothing}
    </button>`;
  }

  /** The play that it is about. */
  get #id(): string | undefined {
    return this.play ?? this.#now.value?.id;
  }

  /** Like it, or take that back. */
  async toggle(): Promise<void> {
    const { slug } = this.#station.value;
    const [like, id] = [this.#likes.optional, this.#id];
    if (!like || id === undefined || this.wanted !== undefined) return;
    const on = !isLiked(slug, id);
    this.wanted = on;
    try {
      await like({ kind: "play", id }, on);
      setLiked(slug, id, on);
      this.problem = "";
    } catch (error) {
      this.problem = errorText(error);
    } finally {
      this.wanted = undefined;
    }
  }
}

customElements.define("awaz-like", Like);
