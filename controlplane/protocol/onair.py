"""What is on air: events, requests, snapshot parts and bodies."""

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from controlplane.kernel.mounts import Format
from controlplane.protocol.base import Event, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.stations import LinkView
from controlplane.protocol.sync import AudioPositionView
from controlplane.protocol.types import (
    Album,
    Artist,
    Id,
    PersonName,
    Show,
    StationArtUrl,
    StreamUrl,
    Title,
    UnixMs,
    Url,
)

Kind = TypeAliasType(
    "Kind",
    Annotated[
        Literal["live", "upload", "autodj"],
        Field(description="A kind of broadcast: a host with an encoder, an uploaded recording, or AutoDJ."),
    ],
)
OnAirKind = TypeAliasType(
    "OnAirKind",
    Annotated[
        Literal["live", "upload", "autodj", "offair"],
        Field(description="The kind of the broadcast that is heard; `offair` while there is none."),
    ],
)
StopReason = TypeAliasType(
    "StopReason",
    Annotated[
        Literal[
            "encoder_gone",
            "finished",
            "handover",
            "live_began",
            "host_removed",
            "taken_off_air",
            "kicked",
            "pipeline_gone",
            "station_removed",
        ],
        Field(
            description="Why a broadcast ended: its encoder did not come back in time (`encoder_gone`), it played to "
            "its end (`finished`), another host (`handover`) or a live broadcast (`live_began`) followed, its host "
            "lost the role or the stream key (`host_removed`), somebody stopped it (`taken_off_air`) or "
            "disconnected its encoder (`kicked`), AutoDJ's pipeline failed (`pipeline_gone`), or the station was "
            "removed (`station_removed`)."
        ),
    ],
)
QualityState = TypeAliasType(
    "QualityState",
    Annotated[
        Literal["good", "degraded", "bad", "offline"],
        Field(
            description="The signal: `good`; `degraded`, which listeners may notice; `bad`, with no sound where there "
            "should be some; or `offline`, while the station is off air."
        ),
    ],
)
QualityReason = TypeAliasType(
    "QualityReason",
    Annotated[
        Literal["no_audio", "pipeline_reconnecting", "encoder_reconnecting", "silence", "icecast_unreachable"],
        Field(
            description="Why the signal is not `good`: the public mount has no audio, the station's pipeline or its "
            "encoder is reconnecting, the audio is silent, or Icecast does not answer."
        ),
    ],
)
IncidentKind = TypeAliasType(
    "IncidentKind",
    Annotated[
        Literal[
            "second_encoder",
            "wrong_key",
            "locked_key",
            "pipeline_frozen",
            "pipeline_trouble",
            "source_lost",
            "dead_air",
        ],
        Field(
            description="A second encoder was refused, or one with a key that does not open the station, or that is "
            "locked since its encoder was disconnected; the pipeline was frozen and is restarted, or does not respond; "
            "the source on air was gone for some seconds, or sends no sound."
        ),
    ],
)
StreamUrls = Annotated[
    dict[str, Url],
    Field(examples=[{"mp3": "https://radio.example:8000/awaz.mp3", "aac": "https://radio.example:8000/awaz.aac"}]),
]


class Track(Wire):
    """A track."""

    id: Id
    """The same whenever the same artist and title play."""
    title: Title
    """Its title; the name of the show or the station while no title was sent."""
    artist: Artist
    """Empty if none is known."""
    album: Album | None = None
    """The album, if it is known."""
    art_url: Annotated[str | None, Field(examples=["/api/v1/stations/awaz/tracks/4f1b0c9d2e7a5f38/art"])] = None
    """The address of its picture on this server, a JPEG, if it is a track of the library that has one."""
    duration_ms: Annotated[int | None, Field(examples=[248000])] = None
    """Its length in milliseconds, if it is known."""


class StreamStarted(Event):
    """A live or upload broadcast began, or AutoDJ came on out of nothing."""

    name = "stream:started"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    kind: Kind
    """The kind of broadcast."""
    stream_url: StreamUrl
    """The URL of the stream."""
    urls: StreamUrls
    """The URLs of the stream by format."""
    title: Annotated[str | None, Field(examples=["An evening of ghazals"])] = None
    """The title of the broadcast; the station's name if its host gave it none."""
    description: Annotated[str | None, Field(examples=["Two hours of ghazals, with your wishes."])] = None
    """The description of the broadcast, if its host gave one."""
    show: Show | None = None
    """The show, if it is known."""
    host: PersonName | None = None
    """The host's name; absent for AutoDJ."""
    art_url: StationArtUrl = None
    """The address of its picture: that of what is played, or of the station; absent without one."""
    broadcast_id: Id
    """The id that `stream:stopped` will carry."""
    position: AudioPositionView | None = None
    """The place on the mount at that moment, if it is known."""


class StreamStopped(Event):
    """A broadcast ended."""

    name = "stream:stopped"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    broadcast_id: Id
    """The id that its `stream:started` carried."""
    reason: StopReason
    """The reason for its end."""
    then: Literal["autodj", "offair"]
    """The kind of the broadcast that follows."""
    position: AudioPositionView | None = None
    """The place on the mount at that moment, if it is known."""


class StreamMetadata(Event):
    """Show, host or track changed."""

    name = "stream:metadata"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM
    log = Log.STREAM

    play_id: Id
    """The id of this one playing of the track."""
    kind: Kind
    """The kind of broadcast that is heard: `live` from when its audio comes through, not while its encoder is gone."""
    show: Show | None = None
    """The show, if it is known."""
    host: PersonName | None = None
    """The host's name; absent for AutoDJ."""
    track: Track
    """The track that is heard."""
    stand_in: Annotated[Literal[True] | None, Field(examples=[None])] = None
    """True where no track is named: the title is the broadcast's, the show's or the station's, the artist the host."""
    started_at: UnixMs
    """When the track began, in unix milliseconds."""
    position: AudioPositionView | None = None
    """Where its first sample is in what listeners are sent, if that is known."""


class StreamListeners(Event):
    """The count of listeners changed; sent at most once a second."""

    name = "stream:listeners"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    listeners: Annotated[int, Field(ge=0, examples=[128])]
    """Players of the public mounts."""
    peak: Annotated[int, Field(ge=0, examples=[240])]
    """The most listeners since the broadcast began."""
    sockets: Annotated[int, Field(ge=0, examples=[97])]
    """Clients that follow the station."""
    stale: bool
    """Whether the numbers are the last known ones, because Icecast does not answer."""


class StreamQuality(Event):
    """The quality of the station's signal, sent on change and every few seconds."""

    name = "stream:quality"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    state: QualityState
    """The state of the signal."""
    bitrate_kbps: Annotated[int, Field(ge=0, examples=[128])]
    """The bitrate of the encoder while it is heard, else of the public mount; as configured until it is measured."""
    silence_ms: Annotated[int, Field(ge=0)] = 0
    """How long nothing was heard, in milliseconds."""
    reasons: Annotated[list[QualityReason], Field(default_factory=list, examples=[[]])]
    """The reasons for a state other than `good`."""


class StreamIncident(Event):
    """A problem that the station's staff should know of."""

    name = "stream:incident"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.STREAM

    kind: IncidentKind
    """The kind of problem, for programs."""
    message: Annotated[str, Field(examples=["Another encoder tried to go live, and was refused."])]
    """The problem in words, in English."""
    address: Annotated[str | None, Field(examples=["81.2.3.4"])] = None
    """Where the encoder that it is about connects from, if that is known."""


class StreamView(Wire):
    """A public mount of a station."""

    format: Annotated[Format, Field(examples=["mp3"])]
    """The format of its audio: `mp3`, or `aac` in ADTS frames."""
    url: StreamUrl
    """Its URL."""
    bitrate_kbps: Annotated[int, Field(examples=[128])]
    """Its bitrate in kbit/s."""
    burst_ms: Annotated[int, Field(ge=0, examples=[4608])]
    """How much audio a new player is sent at once, in milliseconds: what it plays first is that old."""


class StationChanged(Event):
    """The station's name, description, picture, language, links or mounts changed."""

    name = "station:changed"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM
    log = Log.STREAM

    station_name: Annotated[str, Field(examples=["Awaz"])]
    """The name that people see."""
    description: Annotated[str, Field(examples=["Qawwali and ghazals, day and night."])]
    """A short description; may be empty."""
    language: Annotated[str, Field(examples=["ur"])]
    """The language of its page, by its ISO 639 code; empty for each visitor's own."""
    links: list[LinkView]
    """The links on its page."""
    art_url: StationArtUrl = None
    """The address of its picture on this server, a JPEG; absent if it has none."""
    streams: list[StreamView]
    """Its public mounts, MP3 first."""


EVENTS: tuple[type[Event], ...] = (
    StreamStarted,
    StreamStopped,
    StreamMetadata,
    StreamListeners,
    StreamQuality,
    StreamIncident,
    StationChanged,
)
