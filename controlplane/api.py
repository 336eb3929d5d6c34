"""Every body of the HTTP API under /api/v1."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from controlplane.events import DigestEntry, Kind, OnAirKind, Slug, StreamListeners, StreamMetadata, StreamQuality, Wire

Word = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=64)]
"""A login or an identifier, as it comes in: no control characters, which databases differ over."""
StationRole = Literal["owner", "host", "moderator", "listener"]


class GuestRequest(Wire):
    """Ask for a guest token."""

    name: str | None = Field(None, max_length=40)


class LoginRequest(Wire):
    """Sign in with a password."""

    login: Word
    password: str = Field(max_length=256)
    device: str | None = Field(None, max_length=4096, description="`device` of an earlier answer to this.")


class UserView(Wire):
    """Who a token speaks for."""

    id: str
    name: str
    role: Literal["admin", "user", "guest"]


class TokenAnswer(Wire):
    """An access token, for `expires_in` seconds, and what the next one is asked for with.

    A refresh token of somebody with a login is used once: each answer brings another. A guest's stays the same.
    """

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    refresh_token: str | None = None
    device: str | None = Field(
        None,
        description="Only after a login: sent with the next, other people's wrong passwords do not count against it.",
    )
    user: UserView


class RefreshRequest(Wire):
    """Ask for the next access token."""

    refresh_token: str = Field(max_length=4096)


class LogoutRequest(Wire):
    """End this session, or all of the user's."""

    everywhere: bool = False


class UpgradeRequest(Wire):
    """Become a user: the guest's open sockets become the user's, and the name stays unless another is given."""

    login: Word
    password: str = Field(max_length=256)
    name: str | None = Field(None, max_length=40)


class PasswordRequest(Wire):
    """Choose another password; all other sessions of the user end."""

    current: str = Field(max_length=256)
    password: str = Field(max_length=256)


class Me(UserView):
    """Who a token speaks for, and the roles at stations, by slug."""

    stations: dict[str, str]


class MemberView(Wire):
    """Somebody with a role at a station."""

    user_id: str
    login: str
    name: str
    role: StationRole


class MemberRequest(Wire):
    """Give a user a role at a station, or another one."""

    login: Word
    role: StationRole


class MembersAnswer(Wire):
    """The members of a station, from the most to the least powerful."""

    members: list[MemberView]


class InvitationRequest(Wire):
    """Invite whoever has the link, once."""

    role: StationRole
    expires_in: int = Field(7 * 86400, ge=60, le=90 * 86400, description="Seconds that the link works.")


class InvitationView(Wire):
    """An invitation; times are unix milliseconds. `url` is told only to who made it, when it is made."""

    id: str
    role: StationRole
    made_by: str
    created_at: int
    expires_at: int
    accepted_by: str | None = None
    state: Literal["open", "accepted", "expired", "withdrawn"]
    url: str | None = None


class InvitationsAnswer(Wire):
    """A station's invitations, newest first."""

    invitations: list[InvitationView]


class AcceptRequest(Wire):
    """Accept an invitation, with what follows `#invitation=` in its link."""

    token: str = Field(max_length=128)


class AcceptAnswer(Wire):
    """The role that the invitation gave; a higher one that was there already stays."""

    station: Slug
    role: StationRole


class KeyRequest(Wire):
    """Make a stream key, for oneself or for the user with `login`, who becomes a host without a role there."""

    login: Word | None = None
    label: str = Field("", max_length=80)


class KeyView(Wire):
    """A stream key; times are unix milliseconds. `key` and `url` are told only once, when it is made."""

    id: str
    login: str
    host: str
    label: str
    created_at: int
    revoked_at: int | None = None
    key: str | None = None
    url: str | None = None


class KeysAnswer(Wire):
    """A station's stream keys, oldest first."""

    keys: list[KeyView]


class BanRequest(Wire):
    """Send somebody away: at once, and for `seconds` or until allowed again."""

    user_id: Word
    seconds: int | None = Field(None, ge=1, le=10 * 365 * 86400)
    reason: str = Field("", max_length=200)


class BanView(Wire):
    """Who may not come back; times are unix milliseconds, `until` is absent while it is for good."""

    id: str
    user_id: str
    name: str
    station: Slug | None = None
    reason: str
    made_by: str
    created_at: int
    until: int | None = None


class BansAnswer(Wire):
    """The bans in force, newest first."""

    bans: list[BanView]


class AuditEntry(Wire):
    """Who did what: `at` is unix milliseconds, `detail` depends on the action."""

    id: int
    at: int
    actor_id: str
    actor: str
    address: str
    action: str
    station: str | None = None
    target: str
    detail: dict[str, JsonValue]


class AuditAnswer(Wire):
    """What was done, newest first; `?before=<id>` continues."""

    entries: list[AuditEntry]


class AccountView(Wire):
    """A user, as admins see it."""

    id: str
    login: str
    name: str
    role: Literal["admin", "user"]


class AccountsAnswer(Wire):
    """The users, by login."""

    users: list[AccountView]


class RoleRequest(Wire):
    """Give a user another role on the platform."""

    role: Literal["admin", "user"]


class Done(Wire):
    """It is done."""

    ok: Literal[True] = True


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
