"""What is on air: events, requests, snapshot parts and bodies."""

from typing import Annotated, Literal

import orjson
from pydantic import Field, JsonValue, StrictFloat, StrictInt, WithJsonSchema
from typing_extensions import TypeAliasType

from controlplane.kernel.mounts import Format
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, EncodedAnswer, Event, Request, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.stations import LinkView
from controlplane.protocol.types import (
    INTEGRAL,
    MAX_WHOLE,
    Album,
    Artist,
    Epoch,
    Id,
    PersonName,
    Seq,
    Show,
    Slug,
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


class JoinAnswer(Answer):
    """The station as it is now, and what was missed."""

    recovered: Annotated[bool, Field(examples=[True])]
    """Whether `missed` has every event since the position that was sent. If not, the snapshot is the truth."""
    snapshot: Annotated[JsonValue, WithJsonSchema({"x-component": "Snapshot"})]
    """The station, true after the newest event of its log."""
    missed: list[Annotated[JsonValue, WithJsonSchema({"x-component": "MissedEvent"})]]
    """The events after the position that was sent, in order."""

    @staticmethod
    def of(snapshot: bytes, missed: list[bytes] | None) -> EncodedAnswer:
        """Put an answer together from JSON objects; `missed` is None where the history does not reach back."""
        answer = {
            "recovered": missed is not None,
            "snapshot": orjson.Fragment(snapshot),
            "missed": [orjson.Fragment(each) for each in missed or ()],
        }
        return EncodedAnswer(orjson.dumps(answer))


class HeartbeatAnswer(Answer):
    """The server's clock, and the positions that the client should have reached."""

    t: Annotated[StrictInt | StrictFloat, Field(examples=[1767225600000])]
    """The `t` of the request, unchanged."""
    server_time: UnixMs
    """The server's clock in unix milliseconds."""
    seqs: Annotated[dict[Slug, Seq], Field(examples=[{"awaz": 42}])]
    """The newest seq that was delivered, of each station that the socket follows."""


class StreamJoin(Request):
    """Follow a station; with the `epoch` and `last_seq` that were seen last, the answer has the missed events."""

    name = "stream:join"
    permission = Permission.STATION_LISTEN
    quota = Quota.JOIN
    answer = JoinAnswer

    station: Slug
    """The station's slug."""
    epoch: Annotated[Epoch | None, Field(max_length=64, examples=["9f86d081884c7d65"])] = None
    """The epoch that was seen last."""
    last_seq: Annotated[Seq | None, Field(le=MAX_WHOLE, examples=[41]), INTEGRAL] = None
    """The seq that was seen last."""


class StreamLeave(Request):
    """Stop following a station."""

    name = "stream:leave"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = Acknowledged

    station: Slug
    """The station's slug."""


class StreamHeartbeat(Request):
    """Keep-alive, clock exchange, gap detection and the listener's own quality report in one."""

    name = "stream:heartbeat"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL
    answer = HeartbeatAnswer

    t: Annotated[StrictInt | StrictFloat, Field(examples=[1767225600000])]
    """The client's clock; the ack repeats it."""
    station: Slug | None = None
    """The station that the report is about: `latency_ms`, `buffer_ms`, `stalls`, `sync_error_ms` and `mode`."""
    latency_ms: Annotated[float | None, Field(ge=0, examples=[8200])] = None
    """The delay between the station and the listener's ear, in milliseconds."""
    buffer_ms: Annotated[float | None, Field(ge=0, examples=[4000])] = None
    """The audio in the player's buffer, in milliseconds."""
    stalls: Annotated[int | None, Field(ge=0, le=MAX_WHOLE, examples=[1]), INTEGRAL] = None
    """The number of stalls since playing began."""
    sync_error_ms: Annotated[float | None, Field(examples=[-12.5])] = None
    """The difference between the delay and the one that was aimed at, in milliseconds."""
    mode: Annotated[str | None, Field(max_length=32, examples=["live"])] = None
    """The player's mode of playing, in its own words."""


EVENTS: tuple[type[Event], ...] = (
    StreamStarted,
    StreamStopped,
    StreamMetadata,
    StreamListeners,
    StreamQuality,
    StreamIncident,
    StationChanged,
)
