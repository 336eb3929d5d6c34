"""Signing in, as a guest or with a password, and what people do with their own accounts; admins, with others'."""

from dataclasses import dataclass

from controlplane.accounts.service import Accounts, Granted
from controlplane.api import (
    AccountsAnswer,
    AccountView,
    Done,
    GuestRequest,
    LoginRequest,
    LogoutRequest,
    Me,
    PasswordRequest,
    RefreshRequest,
    RoleRequest,
    TokenAnswer,
    UpgradeRequest,
    UserView,
)
from controlplane.db.users import User
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.ratelimit import RateLimiter
from controlplane.web.routes import API, Call, Route


@dataclass(frozen=True, slots=True)
class AccountHandlers:
    """HTTP for accounts."""

    accounts: Accounts
    limiter: RateLimiter

    def routes(self) -> list[Route]:
        """List the routes."""
        auth, public, own = f"{API}/auth", Permission.PUBLIC, Permission.ACCOUNT_SEE
        upgrade, manage, admin = Permission.ACCOUNT_UPGRADE, Permission.ACCOUNT_MANAGE, Permission.PLATFORM_MANAGE_USERS
        return [
            Route("POST", f"{auth}/guest", public, self.guest, GuestRequest, TokenAnswer, Quota.GUEST),
            Route("POST", f"{auth}/login", public, self.login, LoginRequest, TokenAnswer, Quota.LOGIN),
            Route("POST", f"{auth}/refresh", public, self.refresh, RefreshRequest, TokenAnswer, Quota.REFRESH),
            Route("POST", f"{auth}/logout", own, self.logout, LogoutRequest, Done, Quota.WRITE),
            Route("POST", f"{auth}/upgrade", upgrade, self.upgrade, UpgradeRequest, TokenAnswer, Quota.ACCOUNT),
            Route("GET", f"{API}/me", own, self.me, None, Me),
            Route("POST", f"{API}/me/password", manage, self.password, PasswordRequest, TokenAnswer, Quota.ACCOUNT),
            Route("GET", f"{API}/admin/users", admin, self.everybody, None, AccountsAnswer),
            Route("PATCH", f"{API}/admin/users/{{id}}", admin, self.set_role, RoleRequest, AccountView, Quota.WRITE),
        ]

    async def guest(self, call: Call) -> TokenAnswer:
        """Get a guest token."""
        return self._answer(self.accounts.guest((await call.body(GuestRequest)).name))

    async def login(self, call: Call) -> TokenAnswer:
        """Sign in with a password."""
        asked = await call.body(LoginRequest)
        login = asked.login.lower()
        # A stranger who tries this login from many addresses must not lock its owner out.
        place = await self.accounts.known_place(login, call.address, asked.device)
        user = f"{login}@{place or call.address}"
        await self.limiter.spend(Quota.LOGIN, user=user, **({} if place is not None else {"login": login}))
        granted = await self.accounts.login(asked.login, asked.password, call.by, asked.device)
        await self.limiter.forgive(Quota.LOGIN, user=user)
        return self._answer(granted)

    async def refresh(self, call: Call) -> TokenAnswer:
        """Get the next access token."""
        asked = await call.body(RefreshRequest)
        return self._answer(await self.accounts.refresh(asked.refresh_token, call.by))

    async def logout(self, call: Call) -> Done:
        """End this session, or all of them; a guest has none, and forgets the tokens."""
        asked = await call.body(LogoutRequest)
        if call.actor.role != "guest":
            await self.accounts.logout(call.known, call.by, everywhere=asked.everywhere)
        return Done()

    async def upgrade(self, call: Call) -> TokenAnswer:
        """Become a user, with the guest's name and open sockets."""
        asked = await call.body(UpgradeRequest)
        return self._answer(await self.accounts.upgrade(call.actor, asked.login, asked.password, asked.name, call.by))

    async def me(self, call: Call) -> Me:
        """Tell whose token this is, and what roles that gives."""
        return Me.model_validate(
            {"id": call.actor.id, "name": call.actor.name, "role": call.actor.role, "stations": dict(call.actor.at)}
        )

    async def password(self, call: Call) -> TokenAnswer:
        """Choose another password; all other sessions end."""
        asked = await call.body(PasswordRequest)
        return self._answer(await self.accounts.change_password(call.known, asked.current, asked.password, call.by))

    async def everybody(self, _call: Call) -> AccountsAnswer:
        """List the users."""
        return AccountsAnswer(users=[_account(user) for user in await self.accounts.everybody()])

    async def set_role(self, call: Call) -> AccountView:
        """Give a user another role on the platform."""
        asked = await call.body(RoleRequest)
        return _account(await self.accounts.set_role(call.path["id"], asked.role, call.by))

    def _answer(self, granted: Granted) -> TokenAnswer:
        return TokenAnswer(
            access_token=granted.access_token,
            expires_in=self.accounts.mint.settings.lifetime_s,
            refresh_token=granted.refresh_token,
            device=granted.device,
            user=UserView.model_validate({"id": granted.id, "name": granted.name, "role": granted.role}),
        )


def _account(user: User) -> AccountView:
    return AccountView.model_validate({"id": user.id, "login": user.login, "name": user.name, "role": user.role})
