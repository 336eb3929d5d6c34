"""Accounts: signing in, tokens, and a socket's events about its own token and roles."""

from typing import Literal

from pydantic import Field

from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Event, Request, SocketEvent, Wire, Word


class AuthExpired(SocketEvent):
    """The socket's token has expired: send `auth:refresh` within `closes_in_ms`, or it is closed."""

    name = "auth:expired"

    closes_in_ms: int


class AuthEnded(SocketEvent):
    """The socket is closed now: `banned`, or `unauthenticated` because the session or the account has ended."""

    name = "auth:ended"

    code: str
    message: str


class AuthRoles(SocketEvent):
    """The user's roles have changed: the one on the platform, and those at stations, by slug."""

    name = "auth:roles"

    role: str
    stations: dict[str, str]


class AuthRefresh(Request):
    """Continue with another token of the same user, or with the token of the user that a guest has become."""

    name = "auth:refresh"
    permission = Permission.ACCOUNT_SEE
    quota = Quota.CONTROL

    token: str = Field(max_length=4096)


class GuestRequest(Wire):
    """Get a guest token."""

    name: str | None = Field(None, max_length=40)


class LoginRequest(Wire):
    """Sign in with a password."""

    login: Word
    password: str = Field(max_length=256)
    device: str | None = Field(None, max_length=4096, description="`device` of an earlier answer to this.")


class UserView(Wire):
    """The user or guest that a token stands for."""

    id: str
    name: str
    role: Literal["admin", "user", "guest"]


class TokenAnswer(Wire):
    """An access token, valid for `expires_in` seconds, and the refresh token to get the next one with.

    A user's refresh token can be used once: each answer has another. A guest's stays the same.
    """

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme's name, no secret
    expires_in: int
    refresh_token: str | None = None
    device: str | None = Field(
        None,
        description="Only after a login: sent with the next one, it is not held up by other people's wrong passwords.",
    )
    user: UserView


class RefreshRequest(Wire):
    """Get the next access token."""

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
    """Change the password; all other sessions of the user end."""

    current: str = Field(max_length=256)
    password: str = Field(max_length=256)


class Me(UserView):
    """The user or guest that a token stands for, and the roles at stations, by slug."""

    stations: dict[str, str]


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
    """Change a user's role on the platform."""

    role: Literal["admin", "user"]


EVENTS: tuple[type[Event], ...] = (AuthExpired, AuthEnded, AuthRoles)
REQUESTS: tuple[type[Request], ...] = (AuthRefresh,)
