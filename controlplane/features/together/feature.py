"""Puts the feature of listening together together."""

from dataclasses import dataclass

from controlplane.features.together.service import Together
from controlplane.kit import Feature, Kit, Timer
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol import together as protocol
from controlplane.protocol.base import Acknowledged
from controlplane.protocol.together import TogetherAnswer, TogetherJoin, TogetherLeave, TogetherMark

SEND_INTERVAL_S = 1.0


@dataclass(frozen=True, slots=True)
class TogetherHandlers:
    """Handlers of the `together:*` requests."""

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


def build(kit: Kit, together: Together) -> Feature:
    """Build the feature around its service."""
    kit.gateway.connected.on_disconnect(lambda socket: together.leave(socket.sid))
    handlers = TogetherHandlers(together)
    return Feature(
        name="together",
        service=together,
        requests=[(TogetherJoin, handlers.join), (TogetherLeave, handlers.leave), (TogetherMark, handlers.mark)],
        events=protocol.EVENTS,
        timers=[Timer("together", SEND_INTERVAL_S, together.send)],
    )
