import { DELIVERY, type Delivery } from "../wire/events.ts";
import { isKnown, type AnyMessage, type DataOf } from "./messages.ts";
import type {
  BroadcastView,
  Envelope,
  OnAirKind,
  PlayView,
  SignalView,
  Snapshot,
  SourceId,
  StationView,
  StreamIncident,
  StreamMetadata,
  StreamQuality,
} from "../wire/schema.ts";

const MAX_HISTORY = 20;
const MAX_INCIDENTS = 5;

export interface ListenerCount {
  readonly count: number;
  readonly peak: number;
  readonly stale: boolean;
  /** The server time of the last accurate count; undefined if there was none since the page was opened. */
  readonly asOf: number | undefined;
}

export interface StationState {
  /** By how many plays are liked, by their ids. */
  readonly likes: Readonly<Record<string, number>>;
  /** How many clients follow the station. */
  readonly here: number;
  readonly slug: string;
  readonly station: StationView;
  readonly onAir: OnAirKind;
  readonly broadcast: BroadcastView | undefined;
  readonly metadata: StreamMetadata | undefined;
  readonly listeners: ListenerCount;
  readonly quality: StreamQuality | undefined;
  /** Newest first, without the current track. */
  readonly history: readonly PlayView[];
  readonly incidents: readonly (StreamIncident & { at: number })[];
  /** For those who run the station: the server time at which each of these changed, or from which on it is followed. */
  readonly changedAt: { readonly queue: number; readonly tracks: number; readonly playlists: number };
  /** For those who run the station: its sources, as far as the server has told of them since the station was joined. */
  readonly signals: Readonly<Partial<Record<SourceId, SignalView>>>;
  /** The server time at which the station was joined last. */
  readonly joinedAt: number;
  readonly epoch: string;
  readonly seq: number;
  /** The server time of the last change of what is on air, in unix milliseconds. */
  readonly since: number;
  /** When the station went off air; undefined while it is on air, or if that is not known. */
  readonly offAirSince: number | undefined;
}

/** Whether a message is the next one, outdated, or evidence that an earlier one is missing. */
export function classify(state: StationState, message: AnyMessage): "apply" | "drop" | "gap" {
  const { epoch, seq } = message.data;
  if (epoch !== state.epoch) return "gap";
  if (deliveryOf(message.event) !== "ordered") {
    // It carries the number of the last ordered event.
    if (seq > state.seq) return "gap";
    return seq === state.seq ? "apply" : "drop";
  }
  if (seq <= state.seq) return "drop";
  return seq === state.seq + 1 ? "apply" : "gap";
}

/** How an event is delivered. One that is newer than this page counts as ordered: it may be. */
function deliveryOf(event: string): Delivery {
  return event in DELIVERY ? DELIVERY[event as keyof typeof DELIVERY] : "ordered";
}

export function fromSnapshot(snapshot: Snapshot, before?: StationState): StationState {
  const { listeners, metadata, server_time: now } = snapshot;
  return {
    slug: snapshot.station.slug,
    station: snapshot.station,
    onAir: snapshot.on_air,
    broadcast: snapshot.broadcast,
    metadata: snapshot.on_air === "offair" ? undefined : metadata,
    listeners: {
      count: listeners.listeners,
      peak: listeners.peak,
      stale: listeners.stale,
      asOf: listeners.stale ? before?.listeners.asOf : now,
    },
    here: listeners.sockets,
    likes: snapshot.likes,
    quality: snapshot.quality,
    history: snapshot.history
      .filter((play) => !(metadata && isCurrentPlay(play, metadata)))
      .sort((a, b) => b.started_at - a.started_at)
      .slice(0, MAX_HISTORY),
    incidents: before?.incidents ?? [],
    changedAt: { queue: now, tracks: now, playlists: now },
    signals: {},
    joinedAt: now,
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    since: now,
    offAirSince: snapshot.off_air_since,
  };
}

/** Apply a message that `classify` returned "apply" for. */
export function apply(before: StationState, message: AnyMessage): StationState {
  const state = { ...before, seq: Math.max(before.seq, message.data.seq) };
  if (!isKnown(message)) return state;
  const { event, data } = message;
  switch (event) {
    case "stream:started":
      return onStarted(state, data);
    case "stream:stopped":
      return onStopped(state, data);
    case "stream:metadata":
      return onMetadata(state, data);
    case "station:changed":
      return onChanged(state, data);
    case "stream:listeners": {
      const { listeners: count, peak, stale, at, sockets: here } = data;
      return { ...state, here, listeners: { count, peak, stale, asOf: stale ? state.listeners.asOf : at } };
    }
    case "interaction:likes":
      return data.target.kind === "play" ? withLikes(state, data.target.id, data.count) : state;
    case "stream:quality":
      return onQuality(state, data);
    case "stream:queue":
      return { ...state, changedAt: { ...state.changedAt, queue: data.at } };
    case "library:changed":
      return { ...state, changedAt: { ...state.changedAt, [data.what]: data.at } };
    case "stream:signal": {
      const { source, level_db, lufs, rows } = data;
      const signal = { source, level_db, rows, ...(lufs !== undefined && { lufs }) };
      return { ...state, signals: { ...state.signals, [source.id]: signal } };
    }
    case "stream:incident": {
      const { kind, message: text, address, at } = data;
      const incident = { kind, message: text, at, ...(address !== undefined && { address }) };
      return { ...state, incidents: [incident, ...state.incidents].slice(0, MAX_INCIDENTS) };
    }
    default:
      return state;
  }
}

/** A state in which a play is liked by so many. */
export function withLikes(state: StationState, play: string, count: number): StationState {
  return { ...state, likes: { ...state.likes, [play]: count } };
}

/** The kind of broadcast whose audio the stream carries: while a host's encoder is gone, that is AutoDJ's. */
export function audibleKind({ onAir, broadcast, metadata }: StationState): OnAirKind {
  return onAir !== "offair" && broadcast?.reconnecting && metadata ? metadata.kind : onAir;
}

/** Whether the encoder of a live broadcast is disconnected and may still reconnect. */
export function isReconnecting({ broadcast }: Pick<StationState, "broadcast">): boolean {
  return broadcast?.reconnecting ?? false;
}

function onStarted(state: StationState, data: DataOf<"stream:started">): StationState {
  const broadcast: BroadcastView = {
    id: data.broadcast_id,
    kind: data.kind,
    started_at: data.at,
    reconnecting: false,
    ...(data.host !== undefined && { host: data.host }),
    ...(data.show !== undefined && { show: data.show }),
    ...(data.title !== undefined && data.title !== state.station.name && { title: data.title }),
    ...(data.description !== undefined && { description: data.description }),
    ...(data.art_url !== undefined && { art_url: data.art_url }),
  };
  const station = { ...state.station, stream_url: data.stream_url, urls: data.urls };
  // What went wrong before is of the last broadcast.
  return { ...state, onAir: data.kind, broadcast, station, incidents: [], since: data.at, offAirSince: undefined };
}

function onChanged(state: StationState, data: DataOf<"station:changed">): StationState {
  const { station_name: name, description, language, links, streams, art_url } = data;
  const station = { ...state.station, name, description, language, links, streams };
  if (art_url === undefined) delete station.art_url;
  else station.art_url = art_url;
  const { metadata } = state;
  const isNamedAfterStation = metadata?.stand_in && metadata.track.title === state.station.name;
  if (!isNamedAfterStation) return { ...state, station };
  return { ...state, station, metadata: { ...metadata, track: { ...metadata.track, title: name } } };
}

function onStopped(state: StationState, data: DataOf<"stream:stopped">): StationState {
  const after = { ...state, onAir: data.then, broadcast: undefined, since: data.at };
  if (data.then === "offair") {
    return { ...after, metadata: undefined, history: withCurrentTrack(state, data.at), offAirSince: data.at };
  }
  return { ...after, metadata: withoutHost(state) };
}

/** The metadata without the host of the ended broadcast, who does not present the AutoDJ tracks that follow. */
function withoutHost(state: StationState): StreamMetadata | undefined {
  if (!state.metadata || state.metadata.host !== state.broadcast?.host) return state.metadata;
  const { play_id, kind, track, stand_in, started_at } = state.metadata;
  if (!stand_in) return { play_id, kind, track, started_at };
  return { play_id, kind, track: { ...track, title: state.station.name, artist: "" }, stand_in, started_at };
}

function onMetadata(state: StationState, data: DataOf<"stream:metadata">): StationState {
  const { play_id, kind, show, host, track, stand_in, started_at, position } = data;
  const metadata: StreamMetadata = {
    play_id,
    kind,
    track,
    started_at,
    ...(stand_in && { stand_in }),
    ...(show !== undefined && { show }),
    ...(host !== undefined && { host }),
    ...(position && { position }),
  };
  const isSamePlay = state.metadata?.play_id === play_id;
  const history = isSamePlay ? state.history : withCurrentTrack(state, started_at);
  return { ...state, metadata, history, since: data.at };
}

function withCurrentTrack(state: StationState, ended_at: number): readonly PlayView[] {
  if (!state.metadata || state.metadata.stand_in) return state.history;
  const { play_id, track, started_at, show, host } = state.metadata;
  const play: PlayView = {
    play_id,
    title: track.title,
    artist: track.artist,
    kind: state.onAir === "offair" ? "autodj" : state.onAir,
    started_at,
    ended_at,
    ...(track.album !== undefined && { album: track.album }),
    ...(show !== undefined && { show }),
    ...(host !== undefined && { host }),
  };
  return [play, ...state.history].slice(0, MAX_HISTORY);
}

/** The track that is on; undefined while none is named. */
export function currentTrack({ onAir, metadata }: StationState): StreamMetadata["track"] | undefined {
  return !metadata || onAir === "offair" || metadata.stand_in ? undefined : metadata.track;
}

function onQuality(state: StationState, data: Envelope & StreamQuality): StationState {
  const { state: level, bitrate_kbps, silence_ms, reasons } = data;
  const quality = { state: level, bitrate_kbps, silence_ms, reasons };
  const reconnecting = reasons.includes("encoder_reconnecting");
  const { broadcast } = state;
  if (broadcast?.kind !== "live" || broadcast.reconnecting === reconnecting) return { ...state, quality };
  return { ...state, quality, broadcast: { ...broadcast, reconnecting }, since: data.at };
}

function isCurrentPlay(play: PlayView, metadata: StreamMetadata): boolean {
  return play.ended_at === undefined && play.title === metadata.track.title && play.artist === metadata.track.artist;
}
