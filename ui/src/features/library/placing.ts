import { msg, str } from "@lit/localize";
import { html } from "lit";
import { timeOfDay } from "../../i18n/time.ts";
import type { Done } from "../../kit/undo.ts";
import { userText } from "../../kit/user-text.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { TokenSource } from "../../sdk/tokens.ts";
import type { PlacedView, TrackView } from "../../wire/schema.ts";

export type Place = "now" | "next" | "end";

/** Place tracks in a station's queue, in their order; returns what was done. */
export async function placeTracks(
  session: TokenSource,
  slug: string,
  tracks: readonly TrackView[],
  place: Place,
): Promise<Done> {
  // Each one that is placed next comes before those that were.
  const inTurn = place === "end" ? tracks : tracks.toReversed();
  const placed: PlacedView[] = [];
  for (const { id: track_id } of inTurn) {
    const request = to("POST /api/v1/stations/{slug}/queue", { path: { slug }, body: { track_id, place } });
    placed.push(await callAuthenticated(session, request));
  }
  const undo = async () => {
    for (const { item: id } of placed) {
      await callAuthenticated(session, to("DELETE /api/v1/stations/{slug}/queue/{id}", { path: { slug, id } }));
    }
  };
  const text = doneText(tracks, place, placed.at(-1));
  return place === "now" ? { text } : { text, undo };
}

function doneText(tracks: readonly TrackView[], place: Place, answer: PlacedView | undefined): unknown {
  const [track] = tracks;
  if (tracks.length !== 1 || !track) return msg(str`${tracks.length} tracks are in the queue.`);
  if (place === "now") return msg(html`${userText(track.title)} is starting.`);
  const item = answer?.items.find(({ id }) => id === answer.item);
  if (!item || !answer?.now) return msg(html`${userText(track.title)} is in the queue.`);
  return msg(html`${userText(track.title)} plays at about ${timeOfDay(item.starts_at)}.`);
}
