"""Together: who listens together with whom. In memory: a room lasts for as long as somebody is in it."""

from dataclasses import dataclass, field

from controlplane.features.onair.read_model import ReadModel
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict
from controlplane.live.hub import Hub
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.following import StreamHeartbeat
from controlplane.protocol.sync import mode_of
from controlplane.protocol.together import MAX_MEMBERS, TogetherMarked, TogetherMember, TogetherMembers

RoomId = tuple[str, str]
"""A station's slug, and the room's key."""


@dataclass(slots=True)
class Together:
    """The one door to these rooms."""

    hub: Hub
    read_model: ReadModel
    clock: Clock
    _rooms: dict[RoomId, dict[str, TogetherMember]] = field(default_factory=dict)
    """The members of each room by their socket's id, in the order in which they came."""
    _room_of: dict[str, RoomId] = field(default_factory=dict)
    _changed: set[RoomId] = field(default_factory=set)

    def join(self, socket: Socket, slug: str, key: str) -> list[TogetherMember]:
        """Put a socket in a room, and out of the one that it is in; return everybody there.

        Raises NotFound for an unknown station, and Conflict if the room is full.
        """
        self.read_model.require(slug)
        room_id, actor = (slug, key), socket.actor
        if self._room_of.get(socket.sid) != room_id:
            if len(self._rooms.get(room_id, {})) >= MAX_MEMBERS:
                raise Conflict("the room is full")
            self.leave(socket.sid)
            self._room_of[socket.sid] = room_id
        room = self._rooms.setdefault(room_id, {})
        before = room.get(socket.sid, TogetherMember(id=actor.id, name=actor.name, mode="starting"))
        # Somebody who is in already may have another name by now.
        room[socket.sid] = before.model_copy(update={"id": actor.id, "name": actor.name})
        self._changed.add(room_id)
        return [*room.values()]

    def leave(self, socket_id: str) -> None:
        """Take a socket out of its room, if it is in one."""
        room_id = self._room_of.pop(socket_id, None)
        if room_id is None:
            return
        del self._rooms[room_id][socket_id]
        self._changed.add(room_id)
        if not self._rooms[room_id]:
            del self._rooms[room_id]

    def mark(self, slug: str, key: str, by: str) -> None:
        """Mark this moment, by somebody's name, for a room; raise NotFound for an unknown station."""
        self.read_model.require(slug)
        marked = TogetherMarked(station=slug, by=by, at=self.clock.steady_ms())
        for socket_id in self._rooms.get((slug, key), ()):
            self.hub.send(socket_id, marked)

    def reported(self, socket_id: str, heartbeat: StreamHeartbeat) -> None:
        """Take in how a socket plays; what plays another station, or none, is not playing yet."""
        room_id = self._room_of.get(socket_id)
        if room_id is None:
            return
        before, plays = self._rooms[room_id][socket_id], heartbeat.station == room_id[0]
        error_ms = abs(heartbeat.sync_error_ms) if plays and heartbeat.sync_error_ms is not None else None
        mode = mode_of(heartbeat.mode) if plays else "starting"
        after = before.model_copy(update={"mode": mode, "error_ms": error_ms})
        if after != before:
            self._rooms[room_id][socket_id] = after
            self._changed.add(room_id)

    async def send(self) -> None:
        """Tell the rooms in which something has changed who is in."""
        changed, self._changed = self._changed, set()
        for room_id in changed:
            room = self._rooms.get(room_id, {})
            members = TogetherMembers(station=room_id[0], members=[*room.values()])
            for socket_id in room:
                self.hub.send(socket_id, members)
