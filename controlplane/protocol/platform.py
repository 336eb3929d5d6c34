"""The platform's digest of all stations, and the requests that begin and end it."""

from typing import Annotated

from pydantic import Field

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, Event, Request, Wire
from controlplane.protocol.delivery import Audience, Delivery
from controlplane.protocol.onair import OnAirKind, StreamView
from controlplane.protocol.types import Artist, Slug, StationArtUrl, StreamUrl, Title


class DigestEntry(Wire):
    """One station of a digest."""

    station: Slug
    """The station's slug."""
    name: Annotated[str, Field(examples=["Awaz"])]
    """The name that people see."""
    on_air: OnAirKind
    """The kind of the broadcast that is heard."""
    listeners: Annotated[int, Field(ge=0, examples=[128])]
    """Players of the public mounts."""
    title: Title | None = None
    """The title of the track that is heard; absent while none was sent."""
    artist: Artist | None = None
    """Its artist, if one is known."""
    stream_url: StreamUrl
    """The URL of the stream."""
    art_url: StationArtUrl = None
    """The address of its picture on this server, a JPEG; absent if it has none."""
    streams: list[StreamView] | None = None
    """Its public mounts, MP3 first; in a digest, only of a station that is new."""


class PlatformDigest(Event):
    """The stations that changed, at most every two seconds, for sockets that sent `platform:watch`."""

    name = "platform:digest"
    delivery = Delivery.TRANSIENT
    audience = Audience.PLATFORM

    stations: list[DigestEntry]
    """The stations that changed."""
    removed: list[Slug] | None = None
    """The slugs of stations that are there no more, if there are any."""


class WatchAnswer(Answer):
    """Every public station."""

    stations: list[DigestEntry]
    """Every public station."""


class PlatformWatch(Request):
    """Receive `stream:started` and `stream:stopped` of every public station without joining, and digests."""

    name = "platform:watch"
    permission = Permission.PLATFORM_WATCH
    quota = Quota.CONTROL
    answer = WatchAnswer


class PlatformUnwatch(Request):
    """End `platform:watch`."""

    name = "platform:unwatch"
    permission = Permission.PLATFORM_WATCH
    quota = Quota.CONTROL
    answer = Acknowledged
