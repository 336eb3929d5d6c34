// Made by `awaz docs` from controlplane/protocol.

import type {
  AuthEnded,
  AuthExpired,
  AuthRefresh,
  AuthRefreshAck,
  AuthRoles,
  ChatDelete,
  ChatDeleteAck,
  ChatDeletedMessage,
  ChatEdit,
  ChatEditAck,
  ChatEditedMessage,
  ChatHeldMessage,
  ChatMessageMessage,
  ChatModeChangedMessage,
  ChatModerate,
  ChatModerateAck,
  ChatPinnedMessage,
  ChatReport,
  ChatReportAck,
  ChatReportedMessage,
  ChatRestoredMessage,
  ChatSend,
  ChatSendAck,
  ChatSetMode,
  ChatSetModeAck,
  ChatSettledMessage,
  GoingAway,
  InteractionLike,
  InteractionLikeAck,
  InteractionReact,
  InteractionReactAck,
  LibraryChangedMessage,
  LikesChangedMessage,
  PlatformDigest,
  PlatformUnwatch,
  PlatformUnwatchAck,
  PlatformWatch,
  PlatformWatchAck,
  ReactionsMessage,
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
  TogetherJoin,
  TogetherJoinAck,
  TogetherLeave,
  TogetherLeaveAck,
  TogetherMark,
  TogetherMarkAck,
  TogetherMarked,
  TogetherMembers,
} from "./schema.ts";

/** Events from the server. */
export interface ServerEvents {
  "auth:ended": (data: AuthEnded) => void;
  "auth:expired": (data: AuthExpired) => void;
  "auth:roles": (data: AuthRoles) => void;
  "chat:deleted": (data: ChatDeletedMessage) => void;
  "chat:edited": (data: ChatEditedMessage) => void;
  "chat:held": (data: ChatHeldMessage) => void;
  "chat:message": (data: ChatMessageMessage) => void;
  "chat:mode": (data: ChatModeChangedMessage) => void;
  "chat:pinned": (data: ChatPinnedMessage) => void;
  "chat:report": (data: ChatReportedMessage) => void;
  "chat:restored": (data: ChatRestoredMessage) => void;
  "chat:settled": (data: ChatSettledMessage) => void;
  "interaction:likes": (data: LikesChangedMessage) => void;
  "interaction:reactions": (data: ReactionsMessage) => void;
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
  "together:marked": (data: TogetherMarked) => void;
  "together:members": (data: TogetherMembers) => void;
}

/** Requests to the server, each answered with an ack. */
export interface ClientEvents {
  "auth:refresh": (body: AuthRefresh, ack: (answer: AuthRefreshAck) => void) => void;
  "chat:delete": (body: ChatDelete, ack: (answer: ChatDeleteAck) => void) => void;
  "chat:edit": (body: ChatEdit, ack: (answer: ChatEditAck) => void) => void;
  "chat:mode": (body: ChatSetMode, ack: (answer: ChatSetModeAck) => void) => void;
  "chat:moderate": (body: ChatModerate, ack: (answer: ChatModerateAck) => void) => void;
  "chat:report": (body: ChatReport, ack: (answer: ChatReportAck) => void) => void;
  "chat:send": (body: ChatSend, ack: (answer: ChatSendAck) => void) => void;
  "interaction:like": (body: InteractionLike, ack: (answer: InteractionLikeAck) => void) => void;
  "interaction:react": (body: InteractionReact, ack: (answer: InteractionReactAck) => void) => void;
  "platform:unwatch": (body: PlatformUnwatch, ack: (answer: PlatformUnwatchAck) => void) => void;
  "platform:watch": (body: PlatformWatch, ack: (answer: PlatformWatchAck) => void) => void;
  "stream:heartbeat": (body: StreamHeartbeat, ack: (answer: StreamHeartbeatAck) => void) => void;
  "stream:join": (body: StreamJoin, ack: (answer: StreamJoinAck) => void) => void;
  "stream:leave": (body: StreamLeave, ack: (answer: StreamLeaveAck) => void) => void;
  "together:join": (body: TogetherJoin, ack: (answer: TogetherJoinAck) => void) => void;
  "together:leave": (body: TogetherLeave, ack: (answer: TogetherLeaveAck) => void) => void;
  "together:mark": (body: TogetherMark, ack: (answer: TogetherMarkAck) => void) => void;
}

/** How each event is delivered: numbered and recovered, only the newest value, or once. */
export const DELIVERY = {
  "auth:ended": "transient",
  "auth:expired": "transient",
  "auth:roles": "transient",
  "chat:deleted": "ordered",
  "chat:edited": "ordered",
  "chat:held": "transient",
  "chat:message": "ordered",
  "chat:mode": "ordered",
  "chat:pinned": "ordered",
  "chat:report": "transient",
  "chat:restored": "ordered",
  "chat:settled": "transient",
  "interaction:likes": "latest",
  "interaction:reactions": "transient",
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
  "together:marked": "transient",
  "together:members": "transient",
} as const satisfies Record<keyof ServerEvents, Delivery>;

/** The log that each event of a station has its position in. */
export const LOGS = {
  "chat:deleted": "chat",
  "chat:edited": "chat",
  "chat:held": "chat",
  "chat:message": "chat",
  "chat:mode": "chat",
  "chat:pinned": "chat",
  "chat:report": "chat",
  "chat:restored": "chat",
  "chat:settled": "chat",
  "interaction:likes": "stream",
  "interaction:reactions": "stream",
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
