"""Events about a socket's connection."""

from typing import Annotated

from pydantic import Field

from controlplane.protocol.base import Event, SocketEvent


class GoingAway(SocketEvent):
    """The server is stopping, or restarting, and closes the connection next.

    Each client gets another time, so that they do not all come back at once.
    """

    name = "server:going_away"

    retry_after_ms: Annotated[int, Field(ge=0, examples=[4200])]
    """When to reconnect, in milliseconds from now."""


EVENTS: tuple[type[Event], ...] = (GoingAway,)
