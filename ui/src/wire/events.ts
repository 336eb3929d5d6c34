// Made by `awaz docs` from controlplane/protocol.

import type {
  AuthEnded,
  AuthExpired,
  AuthRefresh,
  AuthRefreshAck,
  AuthRoles,
  GoingAway,
  LibraryChangedMessage,
  PlatformDigest,
  PlatformUnwatch,
  PlatformUnwatchAck,
  PlatformWatch,
  PlatformWatchAck,
  StationChangedMessage,
  StreamHeartbeat,
  StreamHeartbeatAck,
  StreamIncidentMessage,
  StreamJoin,
  StreamJoinAck,
  StreamLeave,
  StreamLeaveAck,
  StreamListenersMessage,
  StreamMetadataMessage,
  StreamQualityMessage,
  StreamQueueMessage,
  StreamSignalMessage,
  StreamStartedMessage,
  StreamStoppedMessage,
} from "./schema.ts";

/** Events from the server. */
export interface ServerEvents {
  "auth:ended": (data: AuthEnded) => void;
  "auth:expired": (data: AuthExpired) => void;
  "auth:roles": (data: AuthRoles) => void;
  "library:changed": (data: LibraryChangedMessage) => void;
  "platform:digest": (data: PlatformDigest) => void;
  "server:going_away": (data: GoingAway) => void;
  "station:changed": (data: StationChangedMessage) => void;
  "stream:incident": (data: StreamIncidentMessage) => void;
  "stream:listeners": (data: StreamListenersMessage) => void;
  "stream:metadata": (data: StreamMetadataMessage) => void;
  "stream:quality": (data: StreamQualityMessage) => void;
  "stream:queue": (data: StreamQueueMessage) => void;
  "stream:signal": (data: StreamSignalMessage) => void;
  "stream:started": (data: StreamStartedMessage) => void;
  "stream:stopped": (data: StreamStoppedMessage) => void;
}

/** Requests to the server, each answered with an ack. */
export interface ClientEvents {
  "auth:refresh": (body: AuthRefresh, ack: (answer: AuthRefreshAck) => void) => void;
  "platform:unwatch": (body: PlatformUnwatch, ack: (answer: PlatformUnwatchAck) => void) => void;
  "platform:watch": (body: PlatformWatch, ack: (answer: PlatformWatchAck) => void) => void;
  "stream:heartbeat": (body: StreamHeartbeat, ack: (answer: StreamHeartbeatAck) => void) => void;
  "stream:join": (body: StreamJoin, ack: (answer: StreamJoinAck) => void) => void;
  "stream:leave": (body: StreamLeave, ack: (answer: StreamLeaveAck) => void) => void;
}

/** How each event is delivered: numbered and recovered, only the newest value, or once. */
export const DELIVERY = {
  "auth:ended": "transient",
  "auth:expired": "transient",
  "auth:roles": "transient",
  "library:changed": "latest",
  "platform:digest": "transient",
  "server:going_away": "transient",
  "station:changed": "ordered",
  "stream:incident": "transient",
  "stream:listeners": "latest",
  "stream:metadata": "ordered",
  "stream:quality": "latest",
  "stream:queue": "latest",
  "stream:signal": "latest",
  "stream:started": "ordered",
  "stream:stopped": "ordered",
} as const satisfies Record<keyof ServerEvents, Delivery>;

/** The log that each event of a station has its position in. */
export const LOGS = {
  "library:changed": "stream",
  "station:changed": "stream",
  "stream:incident": "stream",
  "stream:listeners": "stream",
  "stream:metadata": "stream",
  "stream:quality": "stream",
  "stream:queue": "stream",
  "stream:signal": "stream",
  "stream:started": "stream",
  "stream:stopped": "stream",
} as const satisfies Partial<Record<keyof ServerEvents, string>>;

export type Delivery = "ordered" | "latest" | "transient";
