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
        count = await self.likes.like(socket.actor.id, request)
        return LikeAnswer(liked=request.undo is not True, count=count)

    async def react(self, _socket: Socket, request: InteractionReact) -> Acknowledged:
        """Count a reaction."""
        self.likes.react(request.station, request.kind)
        return Acknowledged()
