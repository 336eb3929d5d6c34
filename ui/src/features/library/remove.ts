import { msg, str } from "@lit/localize";
import { html, type TemplateResult } from "lit";
import { trackCount } from "../../i18n/plural.ts";
import { userText } from "../../kit/user-text.ts";
import type { TrackView } from "../../wire/schema.ts";

/** A button that deletes tracks once that is confirmed. */
export function removeTracks(tracks: readonly TrackView[], run: () => Promise<unknown>): TemplateResult {
  const [track] = tracks;
  const question =
    tracks.length === 1 && track
      ? msg(html`Delete ${userText(track.title)} for good? If it’s on air, it plays to the end.`)
      : msg(str`Delete ${trackCount(tracks.length)} for good? What’s on air plays to the end.`);
  return html`<awaz-confirm
    .label=${msg("Delete")}
    .question=${question}
    .run=${run}
    testId="track-delete"
  ></awaz-confirm>`;
}
