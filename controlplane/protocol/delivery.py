"""The fate of an outbound message: its delivery, its audience and its log."""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto


class Delivery(StrEnum):
    """How a message is delivered."""

    ORDERED = "ordered"
    """Numbered, kept in its log, and sent again to a client that missed it."""
    LATEST = "latest"
    """Only the newest value of a subject counts: coalesced, and skipped for a client that lags."""
    TRANSIENT = "transient"
    """Sent once, to those who are connected."""


class Audience(Flag):
    """The receivers of a message."""

    ROOM = auto()
    """Everybody who joined the station."""
    STAFF = auto()
    """Those of them who run it."""
    PLATFORM = auto()
    """Everybody who watches the platform."""
    SOCKET = auto()
    """One socket."""


class Log(StrEnum):
    """A kind of log; each station has one of each, with its own epoch and seq."""

    STREAM = "stream"
    CHAT = "chat"

    @property
    def retention(self) -> "Retention":
        """How much of the log can be recovered."""
        return RETENTION[self]


@dataclass(frozen=True, slots=True)
class Retention:
    """How many events of a log are kept, and for how many seconds."""

    events: int
    seconds: float


RETENTION = {Log.STREAM: Retention(300, 600.0), Log.CHAT: Retention(1000, 600.0)}
