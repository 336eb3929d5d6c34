"""What is on air, in answers and snapshots."""

from typing import Annotated

from pydantic import ConfigDict, Field

from controlplane.protocol.base import Body, Wire
from controlplane.protocol.onair import (
    Kind,
    OnAirKind,
    StreamListeners,
    StreamMetadata,
    StreamQuality,
    StreamUrls,
    StreamView,
)
from controlplane.protocol.paging import NUMBER, Page, PageQuery, Query
from controlplane.protocol.stations import LinkView
from controlplane.protocol.types import (
    Album,
    Artist,
    Id,
    PersonName,
    Show,
    Slug,
    StationArtUrl,
    StreamUrl,
    Title,
    UnixMs,
    Url,
)


class StationView(Wire):
    """A station and the URLs of its stream."""

    slug: Slug
    """The slug that URLs use."""
    name: Annotated[str, Field(examples=["Awaz"])]
    """The name that people see."""
    description: Annotated[str, Field(examples=["Qawwali and ghazals, day and night."])]
    """A short description; may be empty."""
    language: Annotated[str, Field(examples=["ur"])]
    """The language of its page, by its ISO 639 code; empty for each visitor's own."""
    links: list[LinkView]
    """The links on its page."""
    art_url: StationArtUrl = None
    """The address of its picture on this server, a JPEG; absent if it has none."""
    on_air: OnAirKind
    """The kind of the broadcast that is heard."""
    listeners: Annotated[int, Field(ge=0, examples=[128])]
    """Players of the public mounts."""
    stream_url: StreamUrl
    """The URL of the stream."""
    urls: StreamUrls
    """The URLs of the stream by format."""
    streams: list[StreamView]
    """Its public mounts, MP3 first."""
    page_url: Url
    """The URL of its page for listeners."""


class BroadcastView(Wire):
    """A broadcast that is on air."""

    id: Id
    """The id that `stream:started` announced."""
    kind: Kind
    """The kind of broadcast."""
    started_at: UnixMs
    """When it began, in unix milliseconds."""
    title: Annotated[str | None, Field(examples=["An evening of ghazals"])] = None
    """Its title, if its host gave it one."""
    description: Annotated[str | None, Field(examples=["Two hours of ghazals, with your wishes."])] = None
    """Its description, if its host gave it one."""
    host: PersonName | None = None
    """The host's name; absent for AutoDJ."""
    show: Show | None = None
    """The show, if it is known."""
    art_url: StationArtUrl = None
    """The address of its picture: that of what is played, or of the station; absent without one."""
    reconnecting: bool
    """Whether its encoder is gone and may still come back."""


class PlayView(Wire):
    """One play of the history."""

    play_id: Id
    """The id of this one playing of the track."""
    title: Title
    """The title of the track."""
    artist: Artist
    """Empty if none is known."""
    album: Album | None = None
    """The album, if it is known."""
    host: PersonName | None = None
    """The host's name then; absent for AutoDJ."""
    show: Show | None = None
    """The show, if it was known."""
    kind: Kind
    """The kind of broadcast that it was played in."""
    started_at: UnixMs
    """When it began, in unix milliseconds."""
    ended_at: UnixMs | None = None
    """When it ended, in unix milliseconds; absent while it is heard."""


class OnAirView(Wire):
    """A station's broadcast, track and quality."""

    station: StationView
    """The station."""
    on_air: OnAirKind
    """The kind of the broadcast that is heard."""
    broadcast: BroadcastView | None = None
    """The broadcast that is heard; absent while the station is off air."""
    metadata: StreamMetadata | None = None
    """The show, the host and the track; absent while the station is off air."""
    quality: StreamQuality
    """The quality of the signal."""


class ListenersView(Wire):
    """The number of listeners."""

    listeners: StreamListeners
    """The counts."""


class NowPlayingView(OnAirView, ListenersView):
    """A station's broadcast, track, quality and number of listeners now."""


class OnAirPart(OnAirView):
    """A snapshot's fields about what is on air."""

    history: list[PlayView]
    """The newest plays, the newest first."""
    off_air_since: UnixMs | None = None
    """When it went off air, in unix milliseconds; absent while it is on air, or if that is not known."""


class HistoryQuery(PageQuery):
    """A page of the history."""

    cursor: Annotated[str | None, Field(pattern=rf"^{NUMBER}\.{NUMBER}$", examples=["1767225600000.17"])] = None
    """The `next` of the page before; the first page without it."""


class HistoryPage(Page[PlayView]):
    """A station's plays, the newest first."""

    next: Annotated[str | None, Field(examples=["1767225600000.17"])] = None
    """The `cursor` of the next page; absent on the last one."""


class StationsAnswer(Wire):
    """The stations, by slug."""

    stations: list[StationView]
    """The stations, by slug."""


# The rule itself also refuses what cannot be seen, which no pattern of JSON Schema describes.
VisibleTitle = Annotated[Title, Field(max_length=500, json_schema_extra={"minLength": 1, "pattern": r"\S"})]


class MetadataRequest(Body):
    """Set the title that is heard now, or the show and the host; absent fields keep their value, and one is needed."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    title: Annotated[VisibleTitle | None, Field(examples=["Lamp"])] = None
    """The title, with at least one visible character."""
    artist: Annotated[Artist | None, Field(max_length=500)] = None
    """The artist."""
    show: Annotated[Show | None, Field(max_length=200)] = None
    """The show."""
    host: Annotated[PersonName | None, Field(max_length=200)] = None
    """The host's name."""


class EventsQuery(Query):
    """The position that an event stream continues from."""

    last_event_id: Annotated[str | None, Field(examples=["9d3c52e1a07f4b86:42"])] = None
    """The id of the event that was seen last, for pages that cannot send `Last-Event-ID`."""
