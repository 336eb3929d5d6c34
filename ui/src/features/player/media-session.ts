import { currentTrack, type StationState } from "../../sdk/state.ts";

const SITE = "Awaz Pulse";
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
const EMBLEM_SIDES = [96, 192, 512];
const PICTURE_SIDES = [96, 300, 1000];

/** The title of a station's page, or of the home page: the track, so that it is seen among the browser's tabs. */
export function titleOf(state: StationState | undefined): string {
  if (!state) return SITE;
  const { station } = state;
  const track = currentTrack(state);
  const parts = track?.title ? [track.title, track.artist].filter(Boolean).map(isolated) : [];
  const name = isolated(station.name);
  return parts.length ? `${parts.join(" – ")} · ${name}` : `${name} · ${SITE}`;
}

/** Text whose direction does not affect the text around it, where no markup can say so. */
function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

/** Show the current track on the lock screen; `now` is the server's time of what is heard. */
export function updateMediaSession(state: StationState, now: number): void {
  if (!navigator.mediaSession) return;
  const { station, metadata } = state;
  const track = currentTrack(state);
  const next = {
    title: track?.title || station.name,
    artist: track?.artist ?? metadata?.host ?? "",
    album: metadata?.show ?? station.name,
  };
  const current = navigator.mediaSession.metadata;
  showPosition(state, now);
  const artwork = artworkOf(station.slug, track?.art_url ?? station.art_url);
  const isSameTrack = current?.title === next.title && current.artist === next.artist && current.album === next.album;
  if (isSameTrack && current.artwork[0]?.src.endsWith(artwork[0]?.src ?? "")) return;
  navigator.mediaSession.metadata = new MediaMetadata({ ...next, artwork: [...artwork] });
}

function artworkOf(slug: string, picture: string | undefined): readonly MediaImage[] {
  const [type, sides] = picture === undefined ? ["image/png", EMBLEM_SIDES] : ["image/jpeg", PICTURE_SIDES];
  const url = picture === undefined ? `/s/${slug}/icon.png?` : `${picture}&`;
  return sides.map((side) => ({ src: `${url}size=${side}`, sizes: `${side}x${side}`, type }));
}

/** How far the track has come; a stream without an end, where its length is not known. */
function showPosition({ metadata }: StationState, now: number): void {
  const duration = (metadata?.track.duration_ms ?? 0) / 1000;
  const position = Math.max(0, now - (metadata?.started_at ?? now)) / 1000;
  const isKnown = duration > 0 && position <= duration;
  navigator.mediaSession.setPositionState(isKnown ? { duration, position } : { duration: Infinity, position: 0 });
}
