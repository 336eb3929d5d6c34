"""Builds the listening-together feature."""

from controlplane.features.together.service import Together
from controlplane.features.together.sockets import TogetherHandlers
from controlplane.kit import Feature, Kit, Timer
from controlplane.protocol import together as protocol
from controlplane.protocol.together import TogetherJoin, TogetherLeave, TogetherMark

SEND_INTERVAL_S = 1.0


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
