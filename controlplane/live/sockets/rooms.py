"""Sockets, and the rooms that each may be in."""

from dataclasses import dataclass, field

from controlplane.access.claims import Claims
from controlplane.access.identity import Actor
from controlplane.kernel.permissions import Permission
from controlplane.live.hub import Transport
from controlplane.live.writer import BoundedWriter
from controlplane.protocol.delivery import Log


@dataclass(frozen=True, slots=True)
class Room:
    """A room, and what somebody must be allowed to be in it."""

    name: str
    permission: Permission
    slug: str | None = None


@dataclass(slots=True)
class Socket:
    """One connected client. `closes_at` (monotonic seconds) is set when its token has expired.

    `stations` are those it joined, and `rooms` those it is in, by name.
    """

    sid: str
    actor: Actor
    claims: Claims
    address: str
    writer: BoundedWriter
    rooms: dict[str, Room] = field(default_factory=dict)
    stations: set[str] = field(default_factory=set)
    closes_at: float | None = None
    access_ended: bool = False


@dataclass(frozen=True, slots=True)
class SocketRooms:
    """Which sockets are in which room."""

    transport: Transport

    def enter(self, socket: Socket, room: Room) -> None:
        """Put a socket in a room; raise Forbidden or Banned."""
        socket.actor.must(room.permission, room.slug)
        socket.rooms[room.name] = room
        self.transport.rooms.enter(room.name, socket.writer)

    def leave(self, socket: Socket, room: Room) -> None:
        """Take a socket out of a room, if it is in it."""
        if socket.rooms.pop(room.name, None) is not None:
            self.transport.rooms.leave(room.name, socket.writer)

    def skip_until(self, socket: Socket, room: str, seq: int, log: Log = Log.STREAM) -> None:
        """Send a socket in a room no event of a log up to a seq: its snapshot covers them."""
        self.transport.rooms.skip_until(room, socket.writer, seq, log)
