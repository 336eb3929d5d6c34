"""What travels over a socket, and the events about its connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from controlplane.protocol.base import Event, Request, SocketEvent, Wire


@dataclass(frozen=True, slots=True)
class SocketProtocol:
    """Every event to clients, every request of theirs, and what a snapshot is."""

    events: Sequence[type[Event]]
    requests: Sequence[type[Request]]
    snapshot: type[Wire]


class GoingAway(SocketEvent):
    """The server is stopping, or restarting, and closes the connection next.

    Each client gets another time, so that they do not all come back at once.
    """

    name = "server:going_away"

    retry_after_ms: Annotated[int, Field(ge=0, examples=[4200])]
    """When to reconnect, in milliseconds from now."""


EVENTS: tuple[type[Event], ...] = (GoingAway,)
