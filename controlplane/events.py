"""Every Socket.IO message, both ways. A class's docstring is its documentation.

Outbound station events travel in an envelope `{station, epoch, seq, at}` that the hub adds: `epoch` changes when
history is lost, `seq` rises by one with each ordered event of that station, `at` is server time in unix milliseconds.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt

from controlplane.permissions import Permission
from controlplane.quotas import Quota

Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
Kind = Literal["live", "upload", "autodj"]
OnAirKind = Literal["live", "upload", "autodj", "offair"]


class Wire(BaseModel):
    """A frozen message part that refuses unknown fields; absent optional fields are left out on the wire."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    def wire(self) -> dict[str, Any]:
        """Return the JSON object that travels."""
        return self.model_dump(mode="json", exclude_none=True)


class Track(Wire):
    """What is heard; `id` is the same whenever the same artist and title play."""

    id: str
    title: str
    artist: str
    album: str | None = None
    art_url: str | None = None
    duration_ms: int | None = None


class StationEvent(Wire):
    """A message to those who joined a station."""

    name: ClassVar[str]
    ordered: ClassVar[bool]
    platform_wide: ClassVar[bool] = False
    staff_only: ClassVar[bool] = False


class StreamStarted(StationEvent):
    """A live or upload broadcast began, or AutoDJ came on out of nothing."""

    name = "stream:started"
    ordered = True
    platform_wide = True

    kind: Kind
    stream_url: str
    urls: dict[str, str]
    title: str | None = None
    show: str | None = None
    host: str | None = None
    broadcast_id: str


class StreamStopped(StationEvent):
    """That broadcast ended; `then` is what is on air after it."""

    name = "stream:stopped"
    ordered = True
    platform_wide = True

    broadcast_id: str
    reason: str
    then: Literal["autodj", "offair"]


class StreamMetadata(StationEvent):
    """Show, host or track changed; `started_at` is unix milliseconds."""

    name = "stream:metadata"
    ordered = True

    show: str | None = None
    host: str | None = None
    track: Track
    started_at: int


class StreamListeners(StationEvent):
    """The count of audio listeners changed; sent at most once a second.

    `stale`: Icecast does not answer and the numbers are the last known. `sockets` are those who joined here.
    """

    name = "stream:listeners"
    ordered = False

    listeners: int
    peak: int
    sockets: int
    stale: bool


class StreamQuality(StationEvent):
    """How well the station is being received by us, sent on change and every few seconds.

    `bitrate_kbps` is measured, of the encoder while it is heard and else of the public mount; 0 until it is known.
    """

    name = "stream:quality"
    ordered = False

    state: Literal["good", "degraded", "bad", "offline"]
    bitrate_kbps: int
    silence_ms: int = 0
    reasons: list[str] = []


class StreamIncident(StationEvent):
    """Something the station's staff should know, such as a second encoder that was refused."""

    name = "stream:incident"
    ordered = False
    staff_only = True

    kind: str
    message: str


class DigestEntry(Wire):
    """One station of a digest."""

    station: Slug
    on_air: OnAirKind
    listeners: int
    title: str | None = None
    artist: str | None = None


class PlatformDigest(Wire):
    """What changed on any public station, at most every 2 s, to those who sent `platform:watch`."""

    name: ClassVar[str] = "platform:digest"

    stations: list[DigestEntry]


class SocketEvent(Wire):
    """A message to one socket about itself."""

    name: ClassVar[str]


class AuthExpired(SocketEvent):
    """The socket's token has run out: `auth:refresh` within `closes_in_ms`, or it is closed."""

    name = "auth:expired"

    closes_in_ms: int


class AuthEnded(SocketEvent):
    """The socket is cut now: `banned`, or `unauthenticated` because the session or the account has ended."""

    name = "auth:ended"

    code: str
    message: str


class AuthRoles(SocketEvent):
    """What the user may do has changed: the role on the platform, and those at stations, by slug."""

    name = "auth:roles"

    role: str
    stations: dict[str, str]


class GoingAway(SocketEvent):
    """The server stops, perhaps to start again: the connection is closed next. Come back after `retry_after_ms`.

    Each client is told another time, so that all do not come at once.
    """

    name = "server:going_away"

    retry_after_ms: int


class Request(Wire):
    """A message from a client, answered with an ack `{ok: true, …}` or `{ok: false, error: {…}}`."""

    name: ClassVar[str]
    permission: ClassVar[Permission]
    quota: ClassVar[Quota] = Quota.CONTROL


class AuthRefresh(Request):
    """Go on with another token of the same user, or with a user's where a guest was."""

    name = "auth:refresh"
    permission = Permission.ACCOUNT_SEE

    token: str = Field(max_length=4096)


class StreamJoin(Request):
    """Follow a station; with `epoch` and `last_seq` of an earlier stay the missed events come in order."""

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

    station: Slug


class StreamHeartbeat(Request):
    """Keep-alive, clock exchange, gap detection and the listener's own quality report in one.

    `t` is the client's clock and comes back untouched; the ack carries the top `seq` of every joined station.
    """

    name = "stream:heartbeat"
    permission = Permission.STATION_LISTEN

    t: StrictInt | StrictFloat
    station: Slug | None = None
    latency_ms: float | None = Field(None, ge=0)
    buffer_ms: float | None = Field(None, ge=0)
    stalls: int | None = Field(None, ge=0)
    sync_error_ms: float | None = None
    mode: str | None = Field(None, max_length=32)


class PlatformWatch(Request):
    """Hear of every public station's start and stop without joining; the ack is the whole list."""

    name = "platform:watch"
    permission = Permission.PLATFORM_WATCH


class PlatformUnwatch(Request):
    """End `platform:watch`."""

    name = "platform:unwatch"
    permission = Permission.PLATFORM_WATCH


STATION_EVENTS: tuple[type[StationEvent], ...] = (
    StreamStarted,
    StreamStopped,
    StreamMetadata,
    StreamListeners,
    StreamQuality,
    StreamIncident,
)
LAST_VALUE = frozenset({StreamListeners.name, StreamQuality.name})
"""Of these only the newest counts: a client that does not keep up is spared the older ones."""
SOCKET_EVENTS: tuple[type[SocketEvent], ...] = (AuthExpired, AuthEnded, AuthRoles, GoingAway)
REQUESTS: tuple[type[Request], ...] = (
    StreamJoin,
    StreamLeave,
    StreamHeartbeat,
    PlatformWatch,
    PlatformUnwatch,
    AuthRefresh,
)
