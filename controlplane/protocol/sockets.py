"""What every socket may be told about its connection."""

from controlplane.protocol.base import Event, SocketEvent


class GoingAway(SocketEvent):
    """The server stops, perhaps to start again: the connection is closed next. Come back after `retry_after_ms`.

    Each client is told another time, so that all do not come at once.
    """

    name = "server:going_away"

    retry_after_ms: int


EVENTS: tuple[type[Event], ...] = (GoingAway,)
