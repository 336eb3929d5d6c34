"""Accounts: signing in, tokens, and a socket's events about its own token and roles."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from controlplane.kernel.errors import ErrorCode
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Answer, Body, Event, Request, SocketEvent, Wire
from controlplane.protocol.errors import BanNotice
from controlplane.protocol.paging import Page, PageQuery
from controlplane.protocol.types import Id, Login, PersonName, PlatformRole, Slug, StationRole, UnixMs, Word

Token = Annotated[str, Field(max_length=4096, examples=["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1MSJ9.c2ln"])]
MIN_PASSWORD_CHARS = 10
LOGIN_PATTERN = "^[A-Za-z0-9._@+-]{1,64}$"
# In the reference only: the rules of accounts refuse others with a better message.
NewLogin = Annotated[str, Field(max_length=64, examples=["sara"], json_schema_extra={"pattern": LOGIN_PATTERN})]
Password = Annotated[str, Field(max_length=256, examples=["correct horse battery staple"])]
NewPassword = Annotated[Password, Field(json_schema_extra={"minLength": MIN_PASSWORD_CHARS})]
DeviceToken = Annotated[str, Field(examples=["eyJhbGciOiJIUzI1NiJ9.eyJkZXYiOiJkMSJ9.c2ln"])]
LoginWord = Annotated[Word, Field(examples=["sara"])]
RolesByStation = Annotated[dict[Slug, StationRole], Field(examples=[{"awaz": "host"}])]


class AuthExpired(SocketEvent):
    """The socket's token has expired: send `auth:refresh`, or the socket is closed."""

    name = "auth:expired"

    closes_in_ms: Annotated[int, Field(ge=0, examples=[60000])]
    """Milliseconds until the socket is closed."""


class AuthEnded(SocketEvent):
    """The socket is closed now: by a ban, or because the session or the account has ended.

    After a ban from a station, connect again: the others can still be joined.
    """

    name = "auth:ended"

    code: Annotated[ErrorCode, Field(examples=["banned"])]
    """`banned`, or `unauthenticated`: sign in again."""
    station: Slug | None = None
    """The station of the ban; absent for a ban from the platform."""
    message: Annotated[str, Field(examples=["you are banned: shouting"])]
    """The reason in words, in English."""
    ban: BanNotice | None = None
    """With `banned`: the ban."""


class AuthRoles(SocketEvent):
    """The user's roles have changed."""

    name = "auth:roles"

    role: PlatformRole
    """The role on the platform."""
    stations: RolesByStation
    """The roles at stations, by slug."""


class RefreshAnswer(Answer):
    """The socket goes on with the token."""

    expires_in: Annotated[int, Field(ge=0, examples=[900])]
    """Seconds until the token expires."""


class AuthRefresh(Request):
    """Continue with another token of the same user or guest; a guest's socket also takes a user's."""

    name = "auth:refresh"
    permission = Permission.ACCOUNT_SEE
    quota = Quota.CONTROL
    answer = RefreshAnswer

    token: Token
    """The access token."""


class GuestRequest(Body):
    """Get a guest's tokens."""

    name: Annotated[PersonName | None, Field(max_length=40)] = None
    """The name that others see; one is made up without it."""


class LoginRequest(Body):
    """Sign in with a password."""

    login: LoginWord
    """The user's login."""
    password: Password
    """The user's password."""
    device: Annotated[DeviceToken | None, Field(max_length=4096)] = None
    """The `device` of an earlier answer to this request."""


class UserView(Wire):
    """The user or guest that a token stands for."""

    id: Id
    """The id, which never changes."""
    name: PersonName
    """The name that others see."""
    role: Annotated[PlatformRole, Field(examples=["user"])]
    """The role on the platform."""


class TokenAnswer(Wire):
    """An access token, and the refresh token to get the next one with."""

    access_token: Token
    """For the `Authorization` header, and for the `auth` of a socket."""
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    """The scheme of the `Authorization` header."""
    expires_in: Annotated[int, Field(ge=0, examples=[900])]
    """Seconds until the access token expires."""
    refresh_token: Annotated[str | None, Field(examples=["IvTBy4aCxp6fDjYRRrrV0qjK-xDYtSLartkBaln7aFY"])] = None
    """The token for `POST /api/v1/auth/refresh`. A user's works once, and each answer has the next; a guest's stays."""
    device: DeviceToken | None = None
    """Only after a login: send it with your next one, so that other people's wrong passwords do not delay yours."""
    user: UserView
    """The user or guest."""


class RefreshRequest(Body):
    """Get the next access token."""

    refresh_token: Token
    """The newest refresh token."""


class LogoutRequest(Body):
    """End this session, or all of the user's."""

    everywhere: bool = False
    """Whether all of the user's sessions end."""


class UpgradeRequest(Body):
    """Become a user: the guest's open sockets become the user's."""

    login: NewLogin
    """The login to sign in with."""
    password: NewPassword
    """The password to sign in with; the login, or one character repeated, is refused."""
    name: Annotated[PersonName | None, Field(max_length=40)] = None
    """The name that others see; the guest's stays without it."""


class PasswordRequest(Body):
    """Change the password; all other sessions of the user end."""

    current: Password
    """The password until now."""
    password: NewPassword
    """The new password; the login, or one character repeated, is refused."""


class Me(UserView):
    """The user or guest that a token stands for, with the roles at stations."""

    stations: RolesByStation
    """The roles at stations, by slug."""
    creates_stations: Annotated[bool, Field(examples=[False])]
    """Whether the user may create stations."""


class PersonalExport(Wire):
    """Everything that is kept of a person."""

    exported_at: UnixMs
    """When the copy was made, in unix milliseconds."""
    data: Annotated[
        dict[str, list[dict[str, JsonValue]]],
        Field(examples=[{"chat": [{"station": "awaz", "text": "What a voice!", "written_at": 1767225600000}]}]),
    ]
    """Lists of facts by what they are about, such as `account`, `roles`, `sessions`, `chat` and `likes`."""


class AccountView(Wire):
    """A user, as admins see it."""

    id: Id
    """The id, which never changes."""
    login: Login
    """The login to sign in with."""
    name: PersonName
    """The name that others see."""
    role: Literal["admin", "user"]
    """The role on the platform."""


class AccountsQuery(PageQuery):
    """A page of the users."""

    search: Annotated[Word, Field(examples=["sara"])] = ""
    """A part of a login or a name, in small or capital letters; without it, all are listed."""


class AccountsPage(Page[AccountView]):
    """The users, by login."""

    next: Annotated[str | None, Field(examples=["sara"])] = None
    """The `cursor` of the next page; absent on the last one."""


class RoleRequest(Body):
    """Change a user's role on the platform."""

    role: Literal["admin", "user"]
    """The new role."""


EVENTS: tuple[type[Event], ...] = (AuthExpired, AuthEnded, AuthRoles)
