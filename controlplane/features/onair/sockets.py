"""The `stream:*` and `platform:*` requests of sockets: joining, leaving, watching the platform, and the heartbeat."""

from dataclasses import dataclass

from controlplane.features.onair.digest import Digest
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import OnAir
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.live.broker import Broker, LogId
from controlplane.live.hub import Hub
from controlplane.live.message import PLATFORM_ROOM, chat_room, recovered, staff_room, station_room
from controlplane.live.snapshots import Snapshots
from controlplane.live.sockets.gateway import Gateway
from controlplane.live.sockets.rooms import Room, Socket
from controlplane.live.sse import EventStreams
from controlplane.protocol.base import Acknowledged, EncodedAnswer
from controlplane.protocol.delivery import Log
from controlplane.protocol.following import (
    ChatPosition,
    HeartbeatAnswer,
    JoinAnswer,
    StreamHeartbeat,
    StreamJoin,
    StreamLeave,
    recovery,
)
from controlplane.protocol.platform import PlatformUnwatch, PlatformWatch, WatchAnswer
from controlplane.protocol.sockets import MAX_STATIONS
from controlplane.runtime.metrics import Metrics

PLATFORM = Room(PLATFORM_ROOM, Permission.PLATFORM_WATCH)


def station_rooms(slug: str) -> list[Room]:
    """List a station's rooms."""
    return [
        Room(station_room(slug), Permission.STATION_LISTEN, slug),
        Room(chat_room(slug), Permission.STATION_LISTEN, slug),
        Room(staff_room(slug), Permission.STATION_INCIDENTS, slug),
    ]


@dataclass(frozen=True, slots=True)
class StreamHandlers:
    """Handlers of those requests, which read the read model and change only rooms and counts."""

    gateway: Gateway
    event_streams: EventStreams
    hub: Hub
    broker: Broker
    read_model: ReadModel
    snapshots: Snapshots
    onair: OnAir
    digest: Digest
    metrics: Metrics
    clock: Clock

    async def join(self, socket: Socket, request: StreamJoin) -> EncodedAnswer:
        """Subscribe a socket to a station; answer with the snapshot and the missed events."""
        slug = request.station
        self.read_model.require(slug)
        if slug not in socket.stations:
            if len(socket.stations) >= MAX_STATIONS:
                raise Conflict(f"a socket follows at most {MAX_STATIONS} stations: leave one first")
            socket.stations.add(slug)
            self._enter(socket, slug)
            self.onair.count_changed(slug)
        # No await from here on: nothing can be published between the position, the missed events and the snapshot.
        log, chat = LogId(slug), LogId(slug, Log.CHAT)
        self.gateway.rooms.skip_until(socket, station_room(slug), self.broker.position(log).seq)
        self.gateway.rooms.skip_until(socket, chat_room(slug), self.broker.position(chat).seq, Log.CHAT)
        missed, outcome = None, "first"
        if request.epoch is not None and request.last_seq is not None:
            missed = self.broker.since(log, request.epoch, request.last_seq)
            outcome = "no" if missed is None else "yes"
        self.metrics.joined.labels(outcome).inc()
        events = [recovered(log, entry) for entry in missed] if missed is not None else None
        return JoinAnswer.of(self.snapshots.of(slug), events, self._recover_chat(chat, request.chat))

    async def leave(self, socket: Socket, request: StreamLeave) -> Acknowledged:
        """Unsubscribe a socket from a station."""
        self._leave(socket, request.station)
        return Acknowledged()

    async def heartbeat(self, socket: Socket, request: StreamHeartbeat) -> HeartbeatAnswer:
        """Answer with the server's clock, and the newest seq that a client should have by now."""
        is_followed = request.station in socket.stations
        report = request if is_followed else request.model_copy(update={"station": None})
        for take_in in self.onair.hearing.reported:
            take_in(socket.sid, report)
        seqs, chat_seqs = (
            {slug: self.hub.delivered_seq(LogId(slug, kind)) for slug in socket.stations}
            for kind in (Log.STREAM, Log.CHAT)
        )
        return HeartbeatAnswer(t=request.t, server_time=self.clock.steady_ms(), seqs=seqs, chat_seqs=chat_seqs)

    async def watch(self, socket: Socket, _request: PlatformWatch) -> WatchAnswer:
        """Subscribe a socket to the platform digest."""
        self.gateway.rooms.enter(socket, PLATFORM)
        return WatchAnswer(stations=self.digest.all())

    async def unwatch(self, socket: Socket, _request: PlatformUnwatch) -> Acknowledged:
        """Unsubscribe a socket from the platform digest."""
        self.gateway.rooms.leave(socket, PLATFORM)
        return Acknowledged()

    def access_changed(self, socket: Socket) -> None:
        """Put a socket whose user has become staff in the staff room."""
        for slug in socket.stations:
            self._enter(socket, slug)

    def disconnected(self, socket: Socket) -> None:
        """Update the counts when a socket is gone."""
        for slug in socket.stations:
            self.onair.count_changed(slug)

    async def close(self, slug: str) -> None:
        """Unsubscribe everybody from a removed station, once its last event has been delivered."""
        await self.hub.drain()
        for socket in self.gateway.connected.all():
            self._leave(socket, slug)
        self.event_streams.end(station_room(slug))

    def _recover_chat(self, log: LogId, seen: ChatPosition | None) -> dict[str, object] | None:
        if seen is None:
            return None
        missed = self.broker.since(log, seen.epoch, seen.last_seq)
        events = [recovered(log, entry) for entry in missed] if missed is not None else None
        position = self.broker.position(log)
        return recovery(events) | {"epoch": position.epoch, "seq": position.seq}

    def _enter(self, socket: Socket, slug: str) -> None:
        for room in station_rooms(slug):
            if room.name not in socket.rooms and socket.actor.may(room.permission, slug):
                self.gateway.rooms.enter(socket, room)

    def _leave(self, socket: Socket, slug: str) -> None:
        if slug in socket.stations:
            for room in station_rooms(slug):
                self.gateway.rooms.leave(socket, room)
            socket.stations.discard(slug)
            self.onair.count_changed(slug)
