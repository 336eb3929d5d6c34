import { msg, str } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import { cover } from "../../kit/cover.ts";
import { addToQueueIcon, playNextIcon } from "../../kit/icons.ts";
import { artistText, userText } from "../../kit/user-text.ts";
import type { TrackView } from "../../wire/schema.ts";
import type { Place } from "./placing.ts";
import { noteOf } from "./track-text.ts";

/** A track's picture and names, without the album if it is brief, and with a warning if there is one. */
export function rowText(track: TrackView, isBrief: boolean): TemplateResult {
  const { title, artist, album, art_url, problem } = track;
  const note = noteOf(track);
  return html`${cover(art_url, 96)}<span class="text"
      ><span class="title">${userText(title)}</span
      ><span class="by"
        >${note ? html`<span class="note ${problem === undefined ? "" : "bad"}">${note}</span> ` : nothing}
        ${artistText(artist)}${album && !isBrief ? html` · ${userText(album)}` : nothing}</span
      ></span
    >`;
}

export function addButton(track: TrackView, tabindex: string, add: () => void): TemplateResult {
  return html`<button
    class="icon"
    tabindex=${tabindex}
    data-testid="track-add"
    aria-label=${msg(str`Add to the playlist: ${track.title}`)}
    title=${msg("Add to the playlist")}
    @click=${add}
  >
    ${addToQueueIcon}
  </button>`;
}

export function placeButton(
  { title, problem }: TrackView,
  place: Exclude<Place, "now">,
  tabindex: string,
  run: () => void,
): TemplateResult {
  const [label, text, icon] = {
    next: [msg(str`Play next: ${title}`), msg("Play next"), playNextIcon] as const,
    end: [msg(str`Add to queue: ${title}`), msg("Add to queue"), addToQueueIcon] as const,
  }[place];
  return html`<button
    class="icon"
    tabindex=${tabindex}
    data-testid="track-${place}"
    aria-label=${label}
    title=${text}
    ?disabled=${problem !== undefined}
    @click=${run}
  >
    ${icon}
  </button>`;
}
