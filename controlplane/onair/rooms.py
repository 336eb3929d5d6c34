"""Following stations over a socket: joining, leaving, watching the platform, and the heartbeat."""

import time
from dataclasses import dataclass
from typing import Any

from controlplane.api import WatchAnswer
from controlplane.errors import Conflict
from controlplane.events import PlatformUnwatch, PlatformWatch, StreamHeartbeat, StreamJoin, StreamLeave
from controlplane.insight import Insight
from controlplane.live.gateway import Gateway, Room, Socket
from controlplane.live.hub import PLATFORM_ROOM, Hub, staff_room, station_room
from controlplane.live.streams import Streams
from controlplane.onair.handlers import OnAirHandlers
from controlplane.onair.service import OnAir
from controlplane.permissions import Permission

MOST_STATIONS = 8
PLATFORM = Room(PLATFORM_ROOM, Permission.PLATFORM_WATCH)


def rooms_of(slug: str) -> list[Room]:
    """List a station's rooms."""
    return [
        Room(station_room(slug), Permission.STATION_LISTEN, slug),
        Room(staff_room(slug), Permission.STATION_INCIDENTS, slug),
    ]


@dataclass(frozen=True, slots=True)
class Rooms:
    """Answers the `stream:*` and `platform:*` events of clients."""

    gateway: Gateway
    hub: Hub
    onair: OnAir
    handlers: OnAirHandlers
    streams: Streams
    insight: Insight

    def register(self) -> None:
        """Offer the events."""
        self.gateway.answer(StreamJoin, self.join)
        self.gateway.answer(StreamLeave, self.leave)
        self.gateway.answer(StreamHeartbeat, self.heartbeat)
        self.gateway.answer(PlatformWatch, self.watch)
        self.gateway.answer(PlatformUnwatch, self.unwatch)
        self.gateway.on_leave(self.gone)
        self.gateway.on_rights(self.rights_changed)

    async def join(self, socket: Socket, asked: StreamJoin) -> dict[str, Any]:
        """Let a socket follow a station."""
        slug = asked.station
        self.handlers.snapshot(slug)
        if slug not in socket.stations:
            if len(socket.stations) >= MOST_STATIONS:
                raise Conflict(f"a socket follows at most {MOST_STATIONS} stations: leave one first")
            socket.stations.add(slug)
            await self._enter(socket, slug)
            self.onair.count_changed(slug)
        # Read after the room was entered and without waiting in between: nothing falls between the two, or comes twice.
        self.gateway.knows(socket, station_room(slug), self.hub.position(slug)[1])
        missed = None
        outcome = "first"
        if asked.epoch is not None and asked.last_seq is not None:
            missed = self.hub.missed(slug, asked.epoch, asked.last_seq)
            outcome = "no" if missed is None else "yes"
        self.insight.joined.labels(outcome).inc()
        return {
            "recovered": missed is not None,
            "snapshot": self.handlers.snapshot(slug).wire(),
            "missed": missed or [],
        }

    async def leave(self, socket: Socket, asked: StreamLeave) -> dict[str, Any]:
        """Let a socket go from a station."""
        if asked.station in socket.stations:
            for room in rooms_of(asked.station):
                await self.gateway.leave(socket, room)
            self._left(socket, asked.station)
        return {}

    async def heartbeat(self, socket: Socket, asked: StreamHeartbeat) -> dict[str, Any]:
        """Answer with the server's clock and what a client should have seen by now."""
        seqs = {slug: self.hub.sent(slug) for slug in socket.stations}
        return {"t": asked.t, "server_time": int(time.time() * 1000), "seqs": seqs}

    async def watch(self, socket: Socket, _asked: PlatformWatch) -> dict[str, Any]:
        """Tell a socket of every station from now on."""
        await self.gateway.enter(socket, PLATFORM)
        return WatchAnswer(stations=self.onair.digest()).wire()

    async def unwatch(self, socket: Socket, _asked: PlatformUnwatch) -> dict[str, Any]:
        """Stop telling it."""
        await self.gateway.leave(socket, PLATFORM)
        return {}

    async def rights_changed(self, socket: Socket) -> None:
        """Let somebody who has become staff hear what staff hear."""
        for slug in socket.stations:
            await self._enter(socket, slug)

    def gone(self, socket: Socket) -> None:
        """Take note that a socket is gone."""
        for slug in tuple(socket.stations):
            self._left(socket, slug)

    async def close(self, slug: str) -> None:
        """Let everybody go from a station that is removed, once they have heard its last event."""
        await self.hub.drain()
        for socket in self.gateway.sockets():
            if slug in socket.stations:
                await self.leave(socket, StreamLeave(station=slug))
        self.streams.end(station_room(slug))

    async def _enter(self, socket: Socket, slug: str) -> None:
        for room in rooms_of(slug):
            if room.name not in socket.rooms and socket.actor.may(room.permission, slug):
                await self.gateway.enter(socket, room)

    def _left(self, socket: Socket, slug: str) -> None:
        socket.stations.discard(slug)
        self.onair.count_changed(slug)
