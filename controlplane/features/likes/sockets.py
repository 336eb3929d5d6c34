"""The `interaction:*` requests of sockets."""

from dataclasses import dataclass

from controlplane.features.likes.service import Likes
from controlplane.live.sockets.rooms import Socket
from controlplane.protocol.base import Acknowledged
from controlplane.protocol.likes import InteractionLike, InteractionReact, LikeAnswer


@dataclass(frozen=True, slots=True)
class LikeHandlers:
    """Handlers of those requests."""

    likes: Likes

    async def like(self, socket: Socket, request: InteractionLike) -> LikeAnswer:
        """Like something, or take that back, and answer once it is committed."""
        undo = request.undo is True
        count = await self.likes.like(socket.actor.id, request.station, request.target, undo=undo)
        return LikeAnswer(liked=not undo, count=count)

    async def react(self, _socket: Socket, request: InteractionReact) -> Acknowledged:
        """Count a reaction."""
        self.likes.react(request.station, request.kind)
        return Acknowledged()
