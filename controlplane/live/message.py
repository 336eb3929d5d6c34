"""A message on its way out, and how each transport writes it. Pure."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from controlplane.live.broker import Entry, LogId, Position
from controlplane.protocol.delivery import Audience, Delivery

PLATFORM_ROOM = "platform"


def station_room(slug: str) -> str:
    """Name the room of those who joined a station."""
    return f"station:{slug}"


def chat_room(slug: str) -> str:
    """Name the room of those who follow its chat."""
    return f"chat:{slug}"


def staff_room(slug: str) -> str:
    """Name the room of those of them who run it."""
    return f"staff:{slug}"


def rooms_of(slug: str, audience: Audience) -> list[str]:
    """Name the rooms of an audience, the station's own first."""
    rooms = {
        Audience.ROOM: station_room(slug),
        Audience.CHAT: chat_room(slug),
        Audience.STAFF: staff_room(slug),
        Audience.PLATFORM: PLATFORM_ROOM,
    }
    return [room for each, room in rooms.items() if each in audience]


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent to rooms: `body` is the JSON object as it travels.

    `position` is an ordered event's own in its log, and of any other event the newest of its log at the time.
    `published_at` is by `time.perf_counter`. A `late` last value is only for the members that were skipped before.
    """

    name: str
    body: bytes
    rooms: list[str]
    delivery: Delivery
    log: LogId | None = None
    position: Position | None = None
    subject: str = ""
    late: bool = False
    published_at: float = field(default_factory=time.perf_counter)

    @property
    def ordered_at(self) -> tuple[LogId, Position] | None:
        """The log and the position of an ordered event."""
        if self.delivery is not Delivery.ORDERED or self.log is None or self.position is None:
            return None
        return self.log, self.position


Encode = Callable[[Message], bytes]
"""Returns a message as the bytes that a transport writes to its clients."""


def enveloped(station: str, position: Position, at: int, body: bytes) -> bytes:
    """Return an event's JSON object with the envelope `{station, epoch, seq, at}` in front."""
    envelope = orjson.dumps({"station": station, "epoch": position.epoch, "seq": position.seq, "at": at})
    return envelope if body == b"{}" else envelope[:-1] + b"," + body[1:]


def recovered(log: LogId, entry: Entry) -> bytes:
    """Return a missed event as `{event, data}`, as a join's answer lists it."""
    data = enveloped(log.station, entry.position, entry.position.at, entry.body)
    return b'{"event":' + orjson.dumps(entry.name) + b',"data":' + data + b"}"
