"""The `together:*` requests of sockets."""

from dataclasses import dataclass

from controlplane.features.together.service import Together
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged
from controlplane.protocol.together import TogetherAnswer, TogetherJoin, TogetherLeave, TogetherMark


@dataclass(frozen=True, slots=True)
class TogetherHandlers:
    """Handlers of those requests."""

    together: Together

    async def join(self, socket: Socket, request: TogetherJoin) -> TogetherAnswer:
        """Put the socket in a room."""
        return TogetherAnswer(members=self.together.join(socket, request.station, request.room))

    async def leave(self, socket: Socket, _request: TogetherLeave) -> Acknowledged:
        """Take the socket out of its room."""
        self.together.leave(socket.sid)
        return Acknowledged()

    async def mark(self, socket: Socket, request: TogetherMark) -> Acknowledged:
        """Mark this moment for a room."""
        self.together.mark(request.station, request.room, socket.actor.name)
        return Acknowledged()
