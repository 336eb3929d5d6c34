"""What is on air: events, requests, snapshot parts and bodies."""

from typing import Annotated, Literal

import orjson
from pydantic import Field, JsonValue, StrictFloat, StrictInt, WithJsonSchema
from typing_extensions import TypeAliasType

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Acknowledged, Answer, EncodedAnswer, Event, Request, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log
from controlplane.protocol.types import (
    INTEGRAL,
    MAX_WHOLE,
    Artist,
    Epoch,
    Id,
    PersonName,
    Seq,
    Show,
    Slug,
    Title,
    UnixMs,
    Url,
)

Kind = TypeAliasType("Kind", Literal["live", "upload", "autodj"])
OnAirKind = TypeAliasType("OnAirKind", Literal["live", "upload", "autodj", "offair"])
StopReason = TypeAliasType(
    "StopReason",
    Literal[
        "encoder_gone",
        "finished",
        "handover",
        "live_began",
        "host_removed",
        "taken_off_air",
        "pipeline_gone",
        "station_removed",
    ],
)
QualityState = TypeAliasType("QualityState", Literal["good", "degraded", "bad", "offline"])
QualityReason = TypeAliasType(
    "QualityReason",
    Literal["no_audio", "pipeline_reconnecting", "encoder_reconnecting", "silence", "icecast_unreachable"],
)
IncidentKind = TypeAliasType("IncidentKind", Literal["second_encoder", "pipeline_frozen", "pipeline_trouble"])
StreamUrls = Annotated[dict[str, Url], Field(examples=[{"mp3": "https://radio.example:8000/awaz.mp3"}])]


class Track(Wire):
    """A track."""

    id: Id
    """The same whenever the same artist and title play."""
    title: Title
    """Its title; the name of the show or the station while no title was sent."""
    artist: Artist
    """Empty if none is known."""
    album: str | None = None
    """The album, if it is known."""
    art_url: Url | None = None
    """A picture, if there is one."""
    duration_ms: int | None = None
    """Its length in milliseconds, if it is known."""


class StreamStarted(Event):
    """A live or upload broadcast began, or AutoDJ came on out of nothing."""

    name = "stream:started"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    kind: Kind
    """What kind of broadcast it is."""
    stream_url: Annotated[Url, Field(examples=["https://radio.example:8000/awaz.mp3"])]
    """Where to hear it."""
    urls: StreamUrls
    """The same by format."""
    title: str | None = None
    """The station's name."""
    show: Show | None = None
    """The show, if it is known."""
    host: PersonName | None = None
    """Who is on air; absent for AutoDJ."""
    broadcast_id: Id
    """The broadcast, as `stream:stopped` names it."""


class StreamStopped(Event):
    """A broadcast ended."""

    name = "stream:stopped"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    broadcast_id: Id
    """The broadcast, as its `stream:started` named it."""
    reason: StopReason
    """Why it ended."""
    then: Literal["autodj", "offair"]
    """What is on air after it."""


class StreamMetadata(Event):
    """Show, host or track changed."""

    name = "stream:metadata"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM
    log = Log.STREAM

    show: Show | None = None
    """The show, if it is known."""
    host: PersonName | None = None
    """Who is on air; absent for AutoDJ."""
    track: Track
    """The track that is heard."""
    started_at: UnixMs
    """When the track began, in unix milliseconds."""


class StreamListeners(Event):
    """The count of listeners changed; sent at most once a second."""

    name = "stream:listeners"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    listeners: Annotated[int, Field(ge=0, examples=[128])]
    """Players of the public mount."""
    peak: Annotated[int, Field(ge=0, examples=[240])]
    """The most listeners since the broadcast began."""
    sockets: Annotated[int, Field(ge=0, examples=[97])]
    """Clients that follow the station."""
    stale: bool
    """Whether Icecast does not answer, and the numbers are the last known."""


class StreamQuality(Event):
    """The quality of the station's signal, sent on change and every few seconds."""

    name = "stream:quality"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    state: QualityState
    """The quality in one word."""
    bitrate_kbps: Annotated[int, Field(ge=0, examples=[128])]
    """The bitrate of the encoder while it is heard, else of the public mount; as configured until it is measured."""
    silence_ms: Annotated[int, Field(ge=0)] = 0
    """How long nothing was heard, in milliseconds."""
    reasons: Annotated[list[QualityReason], Field(default_factory=list, examples=[[]])]
    """Why it is not `good`."""


class StreamIncident(Event):
    """A problem that the station's staff should know of."""

    name = "stream:incident"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.STREAM

    kind: IncidentKind
    """What happened, for programs."""
    message: Annotated[str, Field(examples=["The station's pipeline does not answer as it should."])]
    """What happened, for people, in English."""


class DigestEntry(Wire):
    """One station of a digest."""

    station: Slug
    """The station's slug."""
    on_air: OnAirKind
    """What is on air."""
    listeners: Annotated[int, Field(ge=0, examples=[128])]
    """Players of the public mount."""
    title: Title | None = None
    """The title of the track that is heard."""
    artist: Artist | None = None
    """Its artist, if one is known."""


class PlatformDigest(Event):
    """The stations that changed, at most every two seconds, for sockets that sent `platform:watch`."""

    name = "platform:digest"
    delivery = Delivery.TRANSIENT
    audience = Audience.PLATFORM

    stations: list[DigestEntry]
    """The stations that changed."""


class JoinAnswer(Answer):
    """The station as it is now, and what was missed."""

    recovered: Annotated[bool, Field(examples=[True])]
    """Whether `missed` has every event since the position that was sent. If not, the snapshot is the truth."""
    snapshot: Annotated[JsonValue, WithJsonSchema({"x-component": "Snapshot"})]
    """The station, true after the newest event of its log."""
    missed: list[Annotated[JsonValue, WithJsonSchema({"x-component": "MissedEvent"})]]
    """The events after the position that was sent, in their order."""

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
    """The server's clock, and where the client should be."""

    t: Annotated[StrictInt | StrictFloat, Field(examples=[1767225600000])]
    """The client's `t`, as it came."""
    server_time: UnixMs
    """The server's clock in unix milliseconds."""
    seqs: dict[Slug, Seq]
    """The newest seq that was delivered, of each station that the socket follows."""


class WatchAnswer(Answer):
    """Every public station."""

    stations: list[DigestEntry]
    """Every public station."""


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
    """The client's clock, which comes back untouched."""
    station: Slug | None = None
    """The station that the report below is about."""
    latency_ms: Annotated[float | None, Field(ge=0)] = None
    """How far the sound is behind the station, in milliseconds."""
    buffer_ms: Annotated[float | None, Field(ge=0)] = None
    """How much audio is buffered, in milliseconds."""
    stalls: Annotated[int | None, Field(ge=0, le=MAX_WHOLE), INTEGRAL] = None
    """How often the sound has stalled."""
    sync_error_ms: float | None = None
    """How far the sound is from where it should be, in milliseconds."""
    mode: Annotated[str | None, Field(max_length=32)] = None
    """How the player plays."""


class PlatformWatch(Request):
    """Get every public station's starts and stops without joining, and a digest of the changes."""

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


EVENTS: tuple[type[Event], ...] = (
    StreamStarted,
    StreamStopped,
    StreamMetadata,
    StreamListeners,
    StreamQuality,
    StreamIncident,
    PlatformDigest,
)
