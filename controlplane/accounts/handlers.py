"""Signing in, as a guest or with a password."""

from dataclasses import dataclass

from controlplane.accounts.service import Accounts, Actor
from controlplane.api import GuestRequest, LoginRequest, TokenAnswer, UserView
from controlplane.permissions import Permission
from controlplane.web.routes import API, Call, Route


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    """HTTP for accounts."""

    accounts: Accounts

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("POST", f"{API}/auth/guest", Permission.PUBLIC, self.guest, GuestRequest, TokenAnswer),
            Route("POST", f"{API}/auth/login", Permission.PUBLIC, self.login, LoginRequest, TokenAnswer),
            Route("GET", f"{API}/me", Permission.STATION_LISTEN, self.me, None, UserView),
        ]

    async def guest(self, call: Call) -> TokenAnswer:
        """Get a guest token."""
        return self._answer(*self.accounts.guest((await call.body(GuestRequest)).name))

    async def login(self, call: Call) -> TokenAnswer:
        """Sign in with a password."""
        asked = await call.body(LoginRequest)
        return self._answer(*await self.accounts.login(asked.login, asked.password))

    async def me(self, call: Call) -> UserView:
        """Tell whose token this is."""
        return _view(call.actor)

    def _answer(self, token: str, actor: Actor) -> TokenAnswer:
        return TokenAnswer(access_token=token, expires_in=self.accounts.mint.settings.lifetime_s, user=_view(actor))


def _view(actor: Actor) -> UserView:
    return UserView(id=actor.id, name=actor.name, role=actor.role)
