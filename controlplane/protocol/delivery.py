"""The fate of an outbound message: its delivery, its audience and its log."""

from dataclasses import dataclass
from enum import Flag, StrEnum, auto


class Delivery(StrEnum):
    """How a message is delivered."""

    ORDERED = "ordered"
    LATEST = "latest"
    TRANSIENT = "transient"


DELIVERIES = {
    Delivery.ORDERED: "Numbered, kept in its log, and sent again to a client that missed it.",
    Delivery.LATEST: "Only the newest value counts: values in between may be left out, above all for a slow client.",
    Delivery.TRANSIENT: "Sent once, to the clients that are connected.",
}


class Audience(Flag):
    """The receivers of a message."""

    ROOM = auto()
    CHAT = auto()
    STAFF = auto()
    PLATFORM = auto()
    SOCKET = auto()


AUDIENCES = {
    Audience.ROOM: "Every socket that joined the station.",
    Audience.CHAT: "Every socket that joined the station, and if the chat is public, event streams of those who are "
    "not banned.",
    Audience.STAFF: "Sockets that joined the station, of its owners, hosts and moderators, and of admins.",
    Audience.PLATFORM: "Every socket that sent `platform:watch`.",
    Audience.SOCKET: "One socket.",
}


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
