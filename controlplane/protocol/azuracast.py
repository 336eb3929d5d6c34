"""The shape of AzuraCast's `/api/nowplaying`, which many players read. Times are unix seconds.

Fields that we have nothing for are there all the same, as null or empty: players look them up without asking.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, RootModel

from controlplane.kernel.mounts import Format
from controlplane.protocol.base import KEEPS_NULLS
from controlplane.protocol.types import Album, Artist, Id, PersonName, Slug, StreamUrl, Title, Url

Listeners = Annotated[int, Field(ge=0, examples=[128])]
Seconds = Annotated[int, Field(ge=0, examples=[248])]
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

    total: Listeners
    """The number of listeners."""
    unique: Listeners
    """The number of listeners, who are not told apart."""
    current: Listeners
    """The number of listeners."""


class Mount(Shape):
    """A mount of a station."""

    path: Annotated[str, Field(examples=["/awaz.mp3"])]
    """Its path on Icecast."""
    is_default: Annotated[bool, Field(examples=[True])]
    """Whether it is the one at the station's `listen_url`."""
    url: StreamUrl
    """The URL of the stream."""
    bitrate: Annotated[int, Field(examples=[128])]
    """The bitrate in kbit/s."""
    format: Annotated[Format, Field(examples=["mp3"])]
    """The format of its audio."""
    listeners: Counts
    """The listeners of all the station's mounts for the default one, and none for the others."""


class StationShape(Shape):
    """A station."""

    id: Id
    """Its id."""
    name: Annotated[str, Field(examples=["Awaz"])]
    """The name that people see."""
    shortcode: Slug
    """Its slug."""
    description: Annotated[str, Field(examples=["Qawwali and ghazals, day and night."])]
    """A short description; may be empty."""
    frontend: Literal["icecast"] = "icecast"
    """The server of its audio."""
    backend: Literal["liquidsoap"] = "liquidsoap"
    """The audio backend."""
    listen_url: StreamUrl
    """The URL of the stream."""
    url: Url
    """The URL of its page for listeners."""
    public_player_url: Url
    """The URL of its page for listeners."""
    is_public: Literal[True] = True
    """Always true."""
    mounts: list[Mount]
    """Its public mounts."""
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
    """When the live broadcast began, in unix seconds; null if nobody is live."""
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
    album: Album
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

    sh_id: Annotated[int, Field(examples=[4711])]
    """The play's id."""
    played_at: UnixSeconds
    """When it began, in unix seconds."""
    duration: Seconds
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

    elapsed: Annotated[Seconds, Field(examples=[31])]
    """Seconds since it began."""
    remaining: Annotated[Seconds, Field(examples=[217])]
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
    """The status of every station in AzuraCast's shape."""
