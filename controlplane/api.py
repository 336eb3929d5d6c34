"""Every body of the HTTP API under /api/v1."""

from typing import Literal

from pydantic import Field

from controlplane.events import DigestEntry, Kind, OnAirKind, Slug, StreamListeners, StreamMetadata, StreamQuality, Wire


class GuestRequest(Wire):
    """Ask for a guest token."""

    name: str | None = Field(None, max_length=40)


class LoginRequest(Wire):
    """Sign in with a password."""

    login: str = Field(max_length=64)
    password: str = Field(max_length=256)


class UserView(Wire):
    """Who a token speaks for."""

    id: str
    name: str
    role: Literal["admin", "user", "guest"]


class TokenAnswer(Wire):
    """An access token; `expires_in` is in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    user: UserView


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
    """All that a client needs on joining, true after `seq` of `epoch`; `server_time` is unix milliseconds."""

    history: list[PlayView]
    chat: list[dict[str, str]]
    epoch: str
    seq: int
    server_time: int


class MetadataRequest(Wire):
    """Say what is heard now, or which show and host is on; what is left out stays as it is."""

    title: str | None = Field(None, max_length=500)
    artist: str | None = Field(None, max_length=500)
    show: str | None = Field(None, max_length=200)
    host: str | None = Field(None, max_length=200)


class EncoderView(Wire):
    """What to type into OBS, butt or ffmpeg; the key itself is shown only when it is made."""

    host: str
    port: int
    mount: str
    user: str
    url: str
    content_types: list[str]


class WatchAnswer(Wire):
    """The whole list, as the ack of `platform:watch`."""

    stations: list[DigestEntry]
