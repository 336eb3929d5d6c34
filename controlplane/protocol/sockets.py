"""The socket protocol as a whole, and the messages about a connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from controlplane.protocol.base import Event, Request, SocketEvent, Wire
from controlplane.protocol.errors import ErrorBody

EVENT_BYTES = 16 * 1024
"""The longest event of a client, with its name, as JSON."""

MAX_STATIONS = 8
"""Stations that a socket follows at once."""


@dataclass(frozen=True, slots=True)
class SocketProtocol:
    """Every event to clients, every request of theirs, and what a snapshot is."""

    events: Sequence[type[Event]]
    requests: Sequence[type[Request]]
    snapshot: type[Wire]


class Connect(Wire):
    """The `auth` of a client that connects."""

    token: Annotated[str, Field(max_length=4096, examples=["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"])]
    """An access token; `POST /api/v1/auth/guest` gives one to anybody."""


class ConnectError(Wire):
    """The answer to a refused connect: the `connect_error` of socket.io-client."""

    message: Annotated[str, Field(examples=["the token is not valid"])]
    """The reason in words, in English."""
    data: ErrorBody
    """The error, for programs."""


class GoingAway(SocketEvent):
    """The server is stopping, or restarting, and closes the connection next.

    Each client gets another time, so that they do not all come back at once.
    """

    name = "server:going_away"

    retry_after_ms: Annotated[int, Field(ge=0, examples=[4200])]
    """Milliseconds to wait before connecting again."""


EVENTS: tuple[type[Event], ...] = (GoingAway,)
