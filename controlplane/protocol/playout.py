"""The queue of a station: what will be heard, in order."""

from typing import Annotated, Literal

from pydantic import Field

from controlplane.protocol.base import Body, Event, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.types import Artist, Id, PersonName, PlaylistName, Title, UnixMs, Word

Version = Annotated[int, Field(ge=0, examples=[17])]


class QueuedTrack(Wire):
    """A track in a queue."""

    id: Id
    """The track's id."""
    title: Title
    """Its title."""
    artist: Artist
    """Its artist; may be empty."""
    duration_ms: Annotated[int, Field(examples=[243000])]
    """How long it will be heard, in milliseconds: from its first cue point to its last."""
    art_url: Annotated[str, Field(examples=["/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art"])] | None = None
    """The address of its picture; absent without one."""


class Why(Wire):
    """Why a track is in the queue."""

    kind: Literal["placed", "broadcast", "autodj", "playlist"]
    """`placed` by a person, a part of a `broadcast` of recordings, or chosen by AutoDJ: from all tracks, or from a
    playlist."""
    by: PersonName | None = None
    """The name of the person who placed it, or began the broadcast."""
    playlist: PlaylistName | None = None
    """The name of the playlist that AutoDJ chose it from."""
    last_played_at: UnixMs | None = None
    """When AutoDJ had played it last, in unix milliseconds; absent if never."""


class QueueItem(Wire):
    """One playing of a track."""

    id: Id
    """Its id, which is the `play_id` of `stream:metadata` while it is heard."""
    track: QueuedTrack
    """The track."""
    starts_at: UnixMs
    """When it began, or is expected to begin, in unix milliseconds."""
    fixed: bool
    """Whether it is on air, or begins at this moment, and cannot be moved or removed."""
    why: Why
    """The reason for it."""


class QueueView(Wire):
    """The queue of a station, which is heard while nobody is live."""

    version: Version
    """It rises with each edit, and with each choice of AutoDJ."""
    applied: bool
    """Whether the station's pipeline follows this version; it does so within a second, and when it is back."""
    now: QueueItem | None = None
    """The item on air; absent while a host is live, or there is no music."""
    items: list[QueueItem]
    """The items that follow, in order."""


class PlacedView(QueueView):
    """The queue with an item that was just placed."""

    item: Id
    """The id of that item."""


class ForecastView(Wire):
    """The next 24 hours, if nobody changes anything."""

    planned: Annotated[int, Field(ge=0, examples=[100])]
    """How many of the items, from the first on, are in the queue; what follows is what AutoDJ would choose now."""
    items: list[QueueItem]
    """The items in the order in which they would be heard, without the one on air."""


class QueueRequest(Body):
    """Place a track in the queue."""

    track_id: Annotated[Word, Field(examples=["4f1b0c9d2e7a5f38"])]
    """The track."""
    place: Annotated[Word, Field(examples=["next"])] = "end"
    """`now` ends what is on air, `next` follows it, `end` follows what people have placed; or the id of the item that
    it comes before."""


class MoveRequest(Body):
    """Move an item of the queue."""

    before: Annotated[Word | None, Field(examples=["4f1b0c9d2e7a5f38"])] = None
    """The item that it comes before; without it, it goes to the end."""


class SkipRequest(Body):
    """End an item that is on air."""

    item: Annotated[Word, Field(examples=["4f1b0c9d2e7a5f38"])]
    """The item: another one is not skipped by a late click."""


class StreamQueue(Event):
    """The queue has changed: ask for it. Sent to those who run the station."""

    name = "stream:queue"
    delivery = Delivery.LATEST
    audience = Audience.STAFF
    log = Log.STREAM

    version: Version
    """The version there is."""
    applied: bool
    """Whether the station's pipeline follows it."""


EVENTS = (StreamQueue,)
