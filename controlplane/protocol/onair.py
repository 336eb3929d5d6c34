"""What is on air: events, requests and bodies."""

from typing import Literal

from pydantic import Field, StrictFloat, StrictInt

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Event, Request, Slug, Wire
from controlplane.protocol.delivery import Audience, Delivery, Log

Kind = Literal["live", "upload", "autodj"]


OnAirKind = Literal["live", "upload", "autodj", "offair"]


class Track(Wire):
    """A track; `id` is the same whenever the same artist and title play."""

    id: str
    title: str
    artist: str
    album: str | None = None
    art_url: str | None = None
    duration_ms: int | None = None


class StreamStarted(Event):
    """A live or upload broadcast began, or AutoDJ came on out of nothing."""

    name = "stream:started"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    kind: Kind
    stream_url: str
    urls: dict[str, str]
    title: str | None = None
    show: str | None = None
    host: str | None = None
    broadcast_id: str


class StreamStopped(Event):
    """That broadcast ended; `then` is what is on air after it."""

    name = "stream:stopped"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM | Audience.PLATFORM
    log = Log.STREAM

    broadcast_id: str
    reason: str
    then: Literal["autodj", "offair"]


class StreamMetadata(Event):
    """Show, host or track changed; `started_at` is unix milliseconds."""

    name = "stream:metadata"
    delivery = Delivery.ORDERED
    audience = Audience.ROOM
    log = Log.STREAM

    show: str | None = None
    host: str | None = None
    track: Track
    started_at: int


class StreamListeners(Event):
    """The count of audio listeners changed; sent at most once a second.

    `stale`: Icecast does not answer, and the numbers are the last known. `sockets` are the clients that joined.
    """

    name = "stream:listeners"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    listeners: int
    peak: int
    sockets: int
    stale: bool


class StreamQuality(Event):
    """The quality of the station's signal, sent on change and every few seconds.

    `bitrate_kbps` is that of the encoder while it is heard and else of the public mount; as configured until measured.
    """

    name = "stream:quality"
    delivery = Delivery.LATEST
    audience = Audience.ROOM
    log = Log.STREAM

    state: Literal["good", "degraded", "bad", "offline"]
    bitrate_kbps: int
    silence_ms: int = 0
    reasons: list[str] = Field(default_factory=list)


class StreamIncident(Event):
    """A problem that the station's staff should know of, such as a second encoder that was refused."""

    name = "stream:incident"
    delivery = Delivery.TRANSIENT
    audience = Audience.STAFF
    log = Log.STREAM

    kind: str
    message: str


class DigestEntry(Wire):
    """One station of a digest."""

    station: Slug
    on_air: OnAirKind
    listeners: int
    title: str | None = None
    artist: str | None = None


class PlatformDigest(Event):
    """The stations that changed, at most every 2 s, for sockets that sent `platform:watch`."""

    name = "platform:digest"
    delivery = Delivery.TRANSIENT
    audience = Audience.PLATFORM

    stations: list[DigestEntry]


class StreamJoin(Request):
    """Follow a station; with the last `epoch` and `last_seq` seen, the answer has the missed events, in order."""

    name = "stream:join"
    permission = Permission.STATION_LISTEN
    quota = Quota.JOIN

    station: Slug
    epoch: str | None = Field(None, max_length=64)
    last_seq: int | None = Field(None, ge=0)


class StreamLeave(Request):
    """Stop following a station."""

    name = "stream:leave"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL

    station: Slug


class StreamHeartbeat(Request):
    """Keep-alive, clock exchange, gap detection and the listener's own quality report in one.

    `t` is the client's clock and comes back untouched; the ack carries the top `seq` of every joined station.
    """

    name = "stream:heartbeat"
    permission = Permission.STATION_LISTEN
    quota = Quota.CONTROL

    t: StrictInt | StrictFloat
    station: Slug | None = None
    latency_ms: float | None = Field(None, ge=0)
    buffer_ms: float | None = Field(None, ge=0)
    stalls: int | None = Field(None, ge=0)
    sync_error_ms: float | None = None
    mode: str | None = Field(None, max_length=32)


class PlatformWatch(Request):
    """Get every public station's starts and stops without joining; the ack has the whole list."""

    name = "platform:watch"
    permission = Permission.PLATFORM_WATCH
    quota = Quota.CONTROL


class PlatformUnwatch(Request):
    """End `platform:watch`."""

    name = "platform:unwatch"
    permission = Permission.PLATFORM_WATCH
    quota = Quota.CONTROL


class StationView(Wire):
    """A station and where to hear it."""

    slug: Slug
    name: str
    description: str
    on_air: OnAirKind
    listeners: int
    stream_url: str
    urls: dict[str, str]
    page_url: str


class BroadcastView(Wire):
    """A broadcast that is on; `started_at` is unix milliseconds, `reconnecting` while its encoder may come back."""

    id: str
    kind: Kind
    started_at: int
    host: str | None = None
    show: str | None = None
    reconnecting: bool


class PlayView(Wire):
    """One play of the history; times are unix milliseconds."""

    title: str
    artist: str
    album: str | None = None
    host: str | None = None
    show: str | None = None
    kind: Kind
    started_at: int
    ended_at: int | None = None


class NowPlayingView(Wire):
    """What a station is doing now."""

    station: StationView
    on_air: OnAirKind
    broadcast: BroadcastView | None = None
    metadata: StreamMetadata | None = None
    listeners: StreamListeners
    quality: StreamQuality


class Snapshot(NowPlayingView):
    """A station's state, true after `seq` of `epoch`; `server_time` is unix milliseconds."""

    history: list[PlayView]
    chat: list[dict[str, str]]
    epoch: str
    seq: int
    server_time: int


class MetadataRequest(Wire):
    """Set the title that is heard now, or the show and the host; absent fields keep their value."""

    title: str | None = Field(None, max_length=500)
    artist: str | None = Field(None, max_length=500)
    show: str | None = Field(None, max_length=200)
    host: str | None = Field(None, max_length=200)


class WatchAnswer(Wire):
    """The answer to `platform:watch`: every public station."""

    stations: list[DigestEntry]


EVENTS: tuple[type[Event], ...] = (
    StreamStarted,
    StreamStopped,
    StreamMetadata,
    StreamListeners,
    StreamQuality,
    StreamIncident,
    PlatformDigest,
)
REQUESTS: tuple[type[Request], ...] = (StreamJoin, StreamLeave, StreamHeartbeat, PlatformWatch, PlatformUnwatch)
