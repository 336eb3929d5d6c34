/** The types of the server's events and HTTP API, as described in docs/reference. */

export type Kind = "live" | "upload" | "autodj";
export type OnAir = Kind | "offair";

export interface Envelope {
  station: string;
  epoch: string;
  seq: number;
  /** Server time in unix milliseconds. */
  at: number;
}

export interface Track {
  id: string;
  title: string;
  artist: string;
  album?: string;
  art_url?: string;
  duration_ms?: number;
}

export interface Started {
  kind: Kind;
  stream_url: string;
  urls: Record<string, string>;
  title?: string;
  show?: string;
  host?: string;
  broadcast_id: string;
}

export interface Stopped {
  broadcast_id: string;
  reason: string;
  then: "autodj" | "offair";
}

export interface Metadata {
  show?: string;
  host?: string;
  track: Track;
  started_at: number;
}

export interface Listeners {
  listeners: number;
  peak: number;
  sockets: number;
  stale: boolean;
}

export interface Quality {
  state: "good" | "degraded" | "bad" | "offline";
  bitrate_kbps: number;
  silence_ms?: number;
  reasons?: string[];
}

export interface Incident {
  kind: string;
  message: string;
}

export interface DigestEntry {
  station: string;
  on_air: OnAir;
  listeners: number;
  title?: string;
  artist?: string;
}

export interface StationView {
  slug: string;
  name: string;
  description: string;
  on_air: OnAir;
  listeners: number;
  stream_url: string;
  urls: Record<string, string>;
  page_url: string;
}

export interface BroadcastView {
  id: string;
  kind: Kind;
  started_at: number;
  host?: string;
  show?: string;
  reconnecting: boolean;
}

export interface PlayView {
  title: string;
  artist: string;
  album?: string;
  host?: string;
  show?: string;
  kind: Kind;
  started_at: number;
  ended_at?: number;
}

export interface Snapshot {
  station: StationView;
  on_air: OnAir;
  broadcast?: BroadcastView;
  metadata?: Metadata;
  listeners: Listeners;
  quality?: Quality;
  history: PlayView[];
  epoch: string;
  seq: number;
  server_time: number;
}

export type StationMessage =
  | { event: "stream:started"; data: Envelope & Started }
  | { event: "stream:stopped"; data: Envelope & Stopped }
  | { event: "stream:metadata"; data: Envelope & Metadata }
  | { event: "stream:listeners"; data: Envelope & Listeners }
  | { event: "stream:quality"; data: Envelope & Quality }
  | { event: "stream:incident"; data: Envelope & Incident };

/** Any station event, including ones that this client does not support; each advances the sequence number. */
export interface AnyMessage {
  event: string;
  data: Envelope;
}

export interface ErrorBody {
  code: string;
  message: string;
  retryable: boolean;
  retry_after?: number;
}

export type Ack<T> = ({ ok: true } & T) | { ok: false; error: ErrorBody };

export interface JoinAnswer {
  recovered: boolean;
  snapshot: Snapshot;
  missed: AnyMessage[];
}

export interface HeartbeatAnswer {
  t: number;
  server_time: number;
  seqs: Partial<Record<string, number>>;
}

export interface UserView {
  id: string;
  name: string;
  role: "admin" | "user" | "guest";
}

export interface TokenAnswer {
  access_token: string;
  expires_in: number;
  refresh_token?: string;
  /** Identifies this browser at the user's next sign-in. */
  device?: string;
  user: UserView;
}

export type StationRole = "owner" | "host" | "moderator" | "listener";

export interface Me extends UserView {
  stations: Record<string, StationRole>;
}

export interface MemberView {
  user_id: string;
  login: string;
  name: string;
  role: StationRole;
}

export interface InvitationView {
  id: string;
  role: StationRole;
  made_by: string;
  created_at: number;
  expires_at: number;
  accepted_by?: string;
  state: "open" | "accepted" | "expired" | "withdrawn";
  url?: string;
}

export interface AcceptAnswer {
  station: string;
  role: StationRole;
}

export interface KeyView {
  id: string;
  login: string;
  host: string;
  label: string;
  created_at: number;
  revoked_at?: number;
  key?: string;
  url?: string;
}

export interface BanView {
  id: string;
  user_id: string;
  name: string;
  station?: string;
  reason: string;
  made_by: string;
  created_at: number;
  until?: number;
}

export interface AuditEntry {
  id: number;
  at: number;
  actor_id: string;
  actor: string;
  address: string;
  action: string;
  station?: string;
  target: string;
  detail: Record<string, unknown>;
}

export interface AccountView {
  id: string;
  login: string;
  name: string;
  role: "admin" | "user";
}

export interface EncoderView {
  host: string;
  port: number;
  mount: string;
  user: string;
  url: string;
  content_types: string[];
}
