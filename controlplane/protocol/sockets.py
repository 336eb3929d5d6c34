"""Events about a socket's connection."""

from controlplane.protocol.base import Event, SocketEvent


class GoingAway(SocketEvent):
    """The server is stopping, or restarting, and closes the connection next. Reconnect after `retry_after_ms`.

    Each client gets another time, so that they do not all come at once.
    """

    name = "server:going_away"

    retry_after_ms: int


EVENTS: tuple[type[Event], ...] = (GoingAway,)
