import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import "../features/likes/like.ts";
import "../features/now-playing/listener-count.ts";
import "../features/now-playing/now-playing.ts";
import type { HeardStation } from "../features/player/heard.ts";
import type { Playable, Playback } from "../features/player/playback.ts";
import "../features/player/player.ts";
import "../kit/live-badge.ts";
import { groundOf, known } from "../kit/roundel.ts";
import { userText } from "../kit/user-text.ts";
import { audibleKind, currentTrack } from "../sdk/state.ts";
import type { OnAirKind } from "../wire/schema.ts";

export type Shown = ReturnType<typeof layoutOf>;

/** The parts of a station's state that its page shows itself; its elements show the rest. */
export function layoutOf({ state, newest, problem }: HeardStation) {
  const { station, metadata } = state ?? {};
  const [track, kind] = state ? [currentTrack(state), audibleKind(state)] : [];
  return { problem, station, metadata, track, kind, onAir: newest?.onAir, here: newest?.here };
}

/** A station with what is on, and its player. */
export function hero(shown: Partial<Shown>, playable: Playable, playback: Playback): TemplateResult {
  const { station, kind, track } = shown;
  const { slug } = playable;
  const name = station?.name ?? playable.name;
  const isHeard = playback.isActive(slug) && playback.state === "playing";
  return html`<section
    class="hero"
    aria-label=${name || msg("Station")}
    data-ground=${groundOf(slug)}
    data-on-air=${kind ?? nothing}
  >
    <awaz-roundel
      class="art"
      .name=${slug}
      .pictures=${known(track?.art_url, station?.art_url)}
      .turning=${isHeard}
    ></awaz-roundel>
    <div class="facts">${kind ? facts(kind) : nothing}</div>
    ${heart(shown)}
    <h1>${name ? userText(name, "station") : msg("Tuning in…")}</h1>
    ${station ? html`<awaz-now-playing></awaz-now-playing>` : html`<div class="skeleton" aria-hidden="true"></div>`}
    <awaz-player .station=${playable} .playback=${playback}></awaz-player>
  </section>`;
}

function facts(kind: OnAirKind): TemplateResult {
  return html`<awaz-live-badge testId="badge" .onAir=${kind}></awaz-live-badge>
    <awaz-listener-count .emptyText=${msg("Be the first to listen")}></awaz-listener-count>`;
}

function heart({ metadata, track }: Partial<Shown>) {
  if (!metadata || !track) return nothing;
  return html`<awaz-like .play=${metadata.play_id} .name=${track.title}></awaz-like>`;
}
