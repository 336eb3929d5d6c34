import { AwazElement } from "../../kit/element.ts";
import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import type { StationState } from "../../sdk/state.ts";
import type { StreamMetadata } from "../../wire/schema.ts";
import { cableIcon } from "../../kit/icons.ts";
import { nowPlayingStyles } from "./now-playing.css.ts";
import { troubleOf, troubleText } from "./trouble.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common } from "../../kit/styles.ts";
import { clockText, whenText } from "../../i18n/time.ts";
import { cssProperty } from "../../kit/css-property.ts";
import { userText } from "../../kit/user-text.ts";

type Shown = Pick<StationState, "metadata" | "onAir" | "station" | "broadcast" | "offAirSince" | "quality">;

interface Presented {
  readonly show?: string | undefined;
  readonly host?: string | undefined;
}

/** The current track, its presenter and its progress. */
export class NowPlaying extends AwazElement {
  static override properties = { forHosts: { type: Boolean } };
  /** Whether it is for those who run the station: that an encoder is gone, they are told as such. */
  declare forHosts: boolean;

  static override styles = [common, nowPlayingStyles];

  readonly #station = new FromPage(this, stationContext);
  readonly #shown = ofStation(this, ({ metadata, onAir, station, broadcast, offAirSince, quality }): Shown => {
    return { metadata, onAir, station, broadcast, offAirSince, quality };
  });

  constructor() {
    super();
    new PeriodicUpdate(this, 1000);
  }

  override render() {
    return this.#shown.value ? this.#render(this.#shown.value) : nothing;
  }

  #render(shown: Shown) {
    const { metadata, onAir, station, broadcast } = shown;
    if (onAir === "offair") {
      return frame(
        nothing,
        message(this.#offAir(shown), msg("Keep this page open: it updates when the station is back.")),
      );
    }
    if (metadata && onAir === "live" && metadata.stand_in) return this.#liveWithoutTitle(shown, metadata);
    if (!metadata?.track.title || metadata.stand_in) {
      const text = msg(html`${userText(station.name)} is on air.`);
      return frame(
        presenter(metadata ?? broadcast),
        message(msg("No track details"), text),
        troubleNotice(shown, this.forHosts),
      );
    }
    const { title } = metadata.track;
    const texts = html`<h2 class="title ${lengthOf(title)}">${userText(title, "title")}</h2>
      ${artist(metadata)}`;
    return frame(
      presenter(during(metadata, broadcast)),
      texts,
      troubleNotice(shown, this.forHosts) ?? this.#time(metadata),
    );
  }

  /** The station's name is on the page already, so that it is not shown as a title. */
  #liveWithoutTitle(shown: Shown, metadata: StreamMetadata) {
    const { play_id, show, host, started_at, track } = metadata;
    const time = troubleNotice(shown, this.forHosts) ?? this.#time({ play_id, kind: "live", started_at, track });
    const called = shown.broadcast?.title;
    if (called !== undefined) {
      const text = html`<h2 class="title ${lengthOf(called)}">${userText(called, "title")}</h2>`;
      return frame(presenter(metadata), text, time);
    }
    const title = host ? msg(html`Live with ${userText(host, "host")}`) : msg("Live");
    return frame(
      show ? html`<p class="presenter">${userText(show, "show")}</p>` : nothing,
      html`<h2 class="title message-title" data-testid="title">${title}</h2>`,
      time,
    );
  }

  #offAir({ offAirSince: since }: Shown): string {
    return since === undefined ? msg("Off air") : msg(str`Off air since ${whenText(since, this.#station.value.now())}`);
  }

  #time({ track, started_at }: StreamMetadata) {
    const elapsed = Math.max(0, this.#station.value.now() - started_at);
    const duration = track.duration_ms;
    if (!duration || elapsed > duration + 15_000) {
      return html`<p class="time"><span>${clockText(elapsed)}</span></p>`;
    }
    const progress = Math.min(1, elapsed / duration);
    return html`<div class="time">
      <span>${clockText(Math.min(elapsed, duration))}</span>
      <span
        class="bar"
        role="progressbar"
        aria-label=${msg("Progress of the track")}
        aria-valuenow=${Math.round(progress * 100)}
        aria-valuetext=${msg(str`${clockText(Math.min(elapsed, duration))} of ${clockText(duration)}`)}
        ><span ${cssProperty("inline-size", `${(progress * 100).toFixed(2)}%`)}></span
      ></span>
      <span>${clockText(duration)}</span>
    </div>`;
  }
}

/** The parts at the places where they always are. */
function frame(presented: unknown, texts: unknown, time?: unknown) {
  return html`<div class="playing">
    <div>${presented}</div>
    <div class="texts">${texts}</div>
    ${time ?? nothing}
  </div>`;
}

function presenter({ show, host }: Presented = {}) {
  if (!show && !host) return nothing;
  return html`<p class="presenter">
    ${show ? html`<span class="show">${userText(show, "show")}</span>` : nothing}
    ${host ? html`<span>${msg(html`with ${userText(host, "host")}`)}</span>` : nothing}
  </p>`;
}

/** The show and the host of a track: without a planned show, its broadcast's title stands in. */
function during({ kind, show, host, track }: StreamMetadata, broadcast: StationState["broadcast"]): Presented {
  // Music over a source that is silent or gone is not what the show is called.
  const isOfIt = broadcast?.kind === kind && broadcast.title !== track.title;
  return { show: show ?? (isOfIt ? broadcast.title : undefined), host };
}

function artist({ track }: StreamMetadata) {
  if (!track.artist && !track.album) return nothing;
  return html`<p class="artist">
    ${track.artist ? userText(track.artist, "artist") : nothing}
    ${track.album ? html`<span class="album">${userText(track.album, "album")}</span>` : nothing}
  </p>`;
}

/** Letters from which a title counts as long, and as longer. */
const [MEDIUM, LONG] = [28, 64];

function lengthOf(title: string): string {
  if (title.length > LONG) return "long";
  return title.length > MEDIUM ? "medium" : "";
}

function message(title: string, text: unknown) {
  return html`<h2 class="title message-title ${lengthOf(title)}" data-testid="title">${title}</h2>
    <p class="hint">${text}</p>`;
}

function troubleNotice(shown: Shown, isForHosts: boolean): TemplateResult | undefined {
  const trouble = troubleOf(shown);
  if (!trouble || (isForHosts && trouble === "reconnecting")) return undefined;
  const testId = trouble === "reconnecting" ? "encoder-reconnecting" : "trouble";
  return html`<p class="waiting" data-testid=${testId}>${cableIcon}<span>${troubleText(trouble)}</span></p>`;
}

customElements.define("awaz-now-playing", NowPlaying);
