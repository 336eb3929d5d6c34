"""The sections of the settings, each with its fields, their defaults and their reasons."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class Section(BaseModel):
    """A frozen group of settings that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class HttpSettings(Section):
    """The daemon's own web server: pages, HTTP API, Socket.IO."""

    host: str = Field("::", description="Address to listen on; `::` is every one, of IPv6 and of IPv4.")
    port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field("", description="Public address of the pages; empty: http://127.0.0.1:<port>.")
    origins: list[str] = Field(
        default_factory=list,
        description="Other web origins whose pages may use the API and the socket, besides our own.",
    )
    trusted_hops: int = Field(
        0,
        ge=0,
        le=8,
        description="Number of our reverse proxies in front: the client's address is that many places from the right "
        "of X-Forwarded-For. 0: the header is ignored.",
    )
    request_timeout_s: float = Field(
        15.0,
        gt=0,
        description="Seconds a client may take to send a request's body.",
    )
    keep_alive_s: float = Field(
        15.0,
        gt=0,
        description="Seconds that a connection may be idle, before its first request and after each answer.",
    )
    connections_per_address: int = Field(
        1000,
        ge=1,
        description="TCP connections of one address; loopback and our own proxies are exempt.",
    )
    idle_connections_per_address: int = Field(
        256,
        ge=1,
        description="Idle connections of one address, loopback included; beyond that the oldest is closed.",
    )


class IcecastSettings(Section):
    """The Icecast server that carries the audio."""

    host: str = Field("127.0.0.1", description="Where the daemon and the pipelines reach Icecast.")
    port: int = Field(8000, ge=1, le=65535, description="Icecast's port.")
    bind: str = Field("0.0.0.0", description="Address Icecast listens on.")  # noqa: S104 - encoders and listeners come from outside
    public_url: str = Field(
        "", description="Icecast's public address, for listeners and encoders; empty: http://127.0.0.1:<port>."
    )
    admin_user: str = Field("admin", description="User of Icecast's admin API.")
    template: Path = Field(
        Path("deploy/icecast.xml"), description="Template of Icecast's configuration, for operators to edit."
    )
    poll_interval_s: float = Field(5.0, gt=0, description="Seconds between two polls of /admin/stats.")
    burst_s: float = Field(
        9.0,
        ge=0,
        le=30,
        description="Seconds of audio a new listener is sent at once. Browsers start an MP3 stream of 128 kbit/s only "
        "after 128 KiB of it: with less, sound takes seconds to start.",
    )
    aac: bool = Field(
        True,
        description="Whether each station also has an AAC mount, which web players prefer: they start it after 64 KiB, "
        "so they are seconds closer to the studio.",
    )


class HooksSettings(Section):
    """The loopback listener for Icecast's and Liquidsoap's callbacks."""

    host: str = Field("127.0.0.1", description="Address to listen on; keep it on loopback.")
    port: int = Field(8090, ge=1, le=65535, description="Port to listen on.")


class DatabaseSettings(Section):
    """The database."""

    url: str = Field("", description="SQLAlchemy async URL; empty: SQLite in the data directory.")


class OnAirSettings(Section):
    """How long broadcasts survive an interruption."""

    grace_s: float = Field(
        10.0, ge=0, description="Seconds that a dropped encoder may take to reconnect to the same broadcast."
    )


class PushSettings(Section):
    """Web Push: browsers that are told when a station goes live."""

    services: list[str] = Field(
        [
            "fcm.googleapis.com",
            "push.services.mozilla.com",
            "notify.windows.com",
            "push.apple.com",
        ],
        description="Hosts of push services, with those below them: nothing is sent to any other address.",
    )
    contact: str = Field(
        "", description="Where push services reach you, a mailto: or https: address; empty: the site, if it has https."
    )


class StationsSettings(Section):
    """The users that may create stations, and how many."""

    creators: Literal["admins", "users"] = Field(
        "admins", description="Who creates stations: admins alone, or everybody with an account."
    )
    max_per_owner: int = Field(3, ge=1, description="Stations that a user who is not an admin may create and own.")


class LibrarySettings(Section):
    """The tracks of the stations."""

    max_file_mb: int = Field(1024, ge=1, description="Size of the largest file that may be uploaded, in MB.")
    quota_gb: float = Field(50.0, gt=0, description="Size of a station's library, in GB.")
    min_free_gb: float = Field(
        1.0, ge=0, description="Disk space in GB that uploads leave free, for the database and the logs."
    )
    upload_hours: float = Field(24.0, gt=0, description="Hours that an interrupted upload can be resumed.")


class PipelineSettings(Section):
    """The Liquidsoap processes, one a station."""

    manager: Literal["supervisord", "none"] = Field("supervisord", description="Process manager of the pipelines.")
    program: str = Field("liquidsoap", description="The Liquidsoap program.")
    user: str = Field("liquidsoap", description="Unprivileged user of the pipelines when we run as root.")


class TokensSettings(Section):
    """Our own tokens: HS256 access tokens, and refresh tokens."""

    issuer: str = Field("awaz", description="The `iss` claim of our tokens.")
    audience: str = Field("awaz-pulse", description="The `aud` claim of our tokens.")
    lifetime_s: int = Field(900, ge=10, le=86400, description="Seconds an access token lives.")
    refresh_lifetime_s: int = Field(
        30 * 86400, ge=60, description="Seconds after its last use that a session can still be refreshed."
    )


class ExternalIssuerSettings(Section):
    """Tokens of an external issuer, such as a site with its own login: one algorithm, one key, issuer and audience."""

    algorithm: Literal["", "HS256", "EdDSA", "RS256"] = Field(
        "", description="How its tokens are signed; empty: only our own are accepted."
    )
    key: str = Field(
        "",
        description="The HS256 secret (32 bytes or more), or the PEM public key; best as a file, with KEY_FILE.",
        repr=False,
    )
    issuer: str = Field("", max_length=200, description="The `iss` its tokens must have.")
    audience: str = Field("", description="The `aud` its tokens must have.")


class AccountsSettings(Section):
    """People with an account."""

    signup: bool = Field(True, description="Whether a guest may become a user by choosing a login and a password.")
    audit_days: int = Field(365, ge=1, description="Days that the audit log is kept.")


class GatewaySettings(Section):
    """The Socket.IO gateway. Rate limits of single clients are under `limits`."""

    connect_timeout_s: float = Field(
        10.0, gt=0, description="Seconds from the WebSocket's handshake to a CONNECT with a valid token."
    )
    answer_timeout_s: float = Field(10.0, gt=0, description="Seconds an event may take to be answered.")
    ping_interval_s: float = Field(25.0, gt=0, description="Seconds between two pings of a client.")
    ping_timeout_s: float = Field(
        10.0, gt=0, description="Seconds a client may take to answer a ping, after it has read what waits for it."
    )
    handshakes_per_s: float = Field(
        500.0,
        gt=0,
        description="Handshakes a second, of all clients; more are refused with 503 and told when to try again.",
    )
    connections: int = Field(20_000, ge=1, description="Open WebSockets and event streams of all clients.")
    connections_per_user: int = Field(20, ge=1, description="Open WebSockets of one user or guest.")
    connections_per_address: int = Field(
        200,
        ge=1,
        description="Open WebSockets and event streams of one address (IPv6: /64); loopback is exempt.",
    )
    backlog_bytes: int = Field(
        1024 * 1024,
        ge=65_536,
        description="Bytes that may wait for one client; one with more is cut off, and recovers.",
    )
    backlog_events: int = Field(256, ge=1, description="Messages that may wait for one client; as above.")


class LimitsSettings(Section):
    """Rate limits; each quota is `<count>/<time> per <user|address|station|login>`, several joined with commas.

    A count may be used up at once, and is refilled evenly over its time.
    """

    redis_url: str = Field("", description="Redis that shares the counts between daemons; empty: memory.", repr=False)
    penalty_after: int = Field(
        10,
        ge=1,
        description="Refused attempts, as a multiple of the quota, after which everything is refused for a minute.",
    )
    guest: str = Field("120/minute per address", description="Guest tokens.")
    login: str = Field(
        "5/minute per user, 30/minute per login, 120/minute per address",
        description="Passwords tried; `user` is one login from one address. The right password clears the count.",
    )
    refresh: str = Field("300/minute per address", description="Refresh tokens used.")
    account: str = Field(
        "10/minute per user, 30/minute per address", description="Passwords changed and accounts created."
    )
    read: str = Field("3000/minute per address", description="HTTP requests that only read.")
    write: str = Field(
        "120/minute per user, 600/minute per address, 240/minute per station",
        description="HTTP requests that change something.",
    )
    upload: str = Field(
        "1200/10 minutes per user, 2400/10 minutes per address",
        description="HTTP requests of uploads; each file takes two or three.",
    )
    handshake: str = Field("300/10 seconds per address", description="WebSockets opened.")
    join: str = Field("20/10 seconds per user, 600/10 seconds per address", description="`stream:join`.")
    control: str = Field(
        "60/10 seconds per user, 1200/10 seconds per address", description="Heartbeats and other small events."
    )
    chat: str = Field(
        "60/10 seconds per user, 300/10 seconds per address, 1000/10 seconds per station",
        description="`chat:send`, `chat:edit` and `chat:delete`. Who is not of the staff sends one message a second.",
    )
    moderate: str = Field(
        "100/10 seconds per user, 500/10 seconds per address",
        description="`chat:moderate` and `chat:mode`.",
    )
    like: str = Field(
        "60/10 seconds per user, 1200/10 seconds per address", description="`interaction:like` and `interaction:react`."
    )


class LogSettings(Section):
    """The daemon's log, on its standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least severe level written.")
    format: Literal["text", "json"] = Field("text", description="Lines for people or for machines.")
