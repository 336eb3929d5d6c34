"""The shape of AzuraCast's `/api/nowplaying`, which many players read. Times are unix seconds.

Fields that we have nothing for are there all the same, as null or empty: players look them up without asking.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from controlplane.protocol.base import KEEPS_NULLS
from controlplane.protocol.types import Artist, Id, PersonName, Slug, Title, Url

UnixSeconds = Annotated[int, Field(examples=[1767225600])]


class Shape(BaseModel):
    """A part of an answer in a foreign shape, whose nulls travel."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
        json_schema_extra={KEEPS_NULLS: True},
    )


class Counts(Shape):
    """Listeners."""

    total: int
    """All of them."""
    unique: int
    """The same: they are not told apart."""
    current: int
    """The same."""


class Mount(Shape):
    """A mount of a station."""

    path: Annotated[str, Field(examples=["/awaz.mp3"])]
    """Its path on Icecast."""
    is_default: Literal[True] = True
    """Always true: there is one."""
    url: Url
    """Where to hear it."""
    bitrate: int
    """Kilobits a second."""
    format: Literal["mp3"] = "mp3"
    """The format of its audio."""
    listeners: Counts
    """Its listeners."""


class StationShape(Shape):
    """A station."""

    id: Id
    """Its id."""
    name: str
    """Its name for people."""
    shortcode: Slug
    """Its slug."""
    description: str
    """A few words about it; may be empty."""
    frontend: Literal["icecast"] = "icecast"
    """The server of its audio."""
    backend: Literal["liquidsoap"] = "liquidsoap"
    """The audio backend."""
    listen_url: Url
    """Where to hear it."""
    url: Url
    """Its page."""
    public_player_url: Url
    """Its page."""
    is_public: Literal[True] = True
    """Always true."""
    mounts: list[Mount]
    """Its public mount."""
    remotes: Annotated[list[JsonValue], Field(max_length=0)] = []
    """Always empty."""
    hls_enabled: Literal[False] = False
    """Always false."""
    hls_url: None = None
    """Always null."""


class Live(Shape):
    """The live host."""

    is_live: bool
    """Whether a host is on air."""
    streamer_name: PersonName
    """The host; empty if nobody is live."""
    broadcast_start: UnixSeconds | None
    """When the live broadcast began; null if nobody is live."""
    art: None = None
    """Always null."""


class Song(Shape):
    """A track."""

    id: Id
    """The same whenever the same artist and title play."""
    text: Annotated[str, Field(examples=["The Lamps - Chirag"])]
    """Artist and title."""
    artist: Artist
    """Empty if none is known."""
    title: Title
    """The track."""
    album: str
    """The album; empty if none is known."""
    genre: Literal[""] = ""
    """Always empty."""
    isrc: Literal[""] = ""
    """Always empty."""
    lyrics: Literal[""] = ""
    """Always empty."""
    art: None = None
    """Always null."""
    custom_fields: Annotated[list[JsonValue], Field(max_length=0)] = []
    """Always empty."""


class SongPlay(Shape):
    """A play of the history."""

    sh_id: int
    """Names the play."""
    played_at: UnixSeconds
    """When it began."""
    duration: int
    """Its length in seconds; 0 if it is not known."""
    playlist: Literal[""] = ""
    """Always empty."""
    streamer: PersonName
    """The host; empty for AutoDJ."""
    is_request: Literal[False] = False
    """Always false."""
    song: Song
    """The track that was played."""


class SongNow(SongPlay):
    """The play that is heard."""

    elapsed: int
    """Seconds since it began."""
    remaining: int
    """Seconds until it ends; 0 if its length is not known."""


class StationStatus(Shape):
    """A station's status in AzuraCast's shape."""

    station: StationShape
    """The station."""
    listeners: Counts
    """Its listeners."""
    live: Live
    """The live host."""
    now_playing: SongNow | None
    """The current play; null while the station is off air."""
    playing_next: None = None
    """Always null."""
    song_history: list[SongPlay]
    """The previous plays, newest first."""
    is_online: bool
    """Whether it is on air."""
    cache: None = None
    """Always null."""


class StationStatuses(RootModel[list[StationStatus]]):
    """What every station is doing, in AzuraCast's shape."""
