"""Accounts over HTTP: signing in as a guest or with a password, one's own account, and users for admins."""

from dataclasses import dataclass

from controlplane.access.ratelimit import RateLimiter
from controlplane.db.users import User
from controlplane.features.accounts.service import Accounts, TokenGrant
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission, creates_stations
from controlplane.kernel.quotas import Quota
from controlplane.protocol.accounts import (
    AccountsPage,
    AccountsQuery,
    AccountView,
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
from controlplane.protocol.base import Done
from controlplane.web.routes import API, Call, Route, get, patch, post


@dataclass(frozen=True, slots=True)
class AccountRoutes:
    """Routes of accounts."""

    accounts: Accounts
    limiter: RateLimiter
    station_creators: str

    def routes(self) -> list[Route]:
        """List the routes."""
        return [*self._signing_in(), *self._accounts()]

    def _signing_in(self) -> list[Route]:
        auth, public, own = f"{API}/auth", Permission.PUBLIC, Permission.ACCOUNT_SEE
        return [
            post(
                f"{auth}/guest",
                self.guest,
                permission=public,
                body=GuestRequest,
                answer=TokenAnswer,
                quota=Quota.GUEST,
                errors=(Conflict,),
            ),
            post(
                f"{auth}/login", self.login, permission=public, body=LoginRequest, answer=TokenAnswer, quota=Quota.LOGIN
            ),
            post(
                f"{auth}/refresh",
                self.refresh,
                permission=public,
                body=RefreshRequest,
                answer=TokenAnswer,
                quota=Quota.REFRESH,
            ),
            post(f"{auth}/logout", self.logout, permission=own, quota=Quota.WRITE, body=LogoutRequest, answer=Done),
            post(
                f"{auth}/upgrade",
                self.upgrade,
                permission=Permission.ACCOUNT_UPGRADE,
                body=UpgradeRequest,
                answer=TokenAnswer,
                quota=Quota.ACCOUNT,
                errors=(Conflict,),
            ),
        ]

    def _accounts(self) -> list[Route]:
        own, manage, admin = Permission.ACCOUNT_SEE, Permission.ACCOUNT_MANAGE, Permission.PLATFORM_MANAGE_USERS
        return [
            get(f"{API}/me", self.me, permission=own, quota=Quota.READ, answer=Me),
            post(
                f"{API}/me/password",
                self.password,
                permission=manage,
                body=PasswordRequest,
                answer=TokenAnswer,
                quota=Quota.ACCOUNT,
            ),
            get(
                f"{API}/admin/users",
                self.users,
                permission=admin,
                quota=Quota.READ,
                query=AccountsQuery,
                answer=AccountsPage,
            ),
            patch(
                f"{API}/admin/users/{{id}}",
                self.set_role,
                permission=admin,
                quota=Quota.WRITE,
                body=RoleRequest,
                answer=AccountView,
                errors=(Conflict,),
            ),
        ]

    async def guest(self, call: Call) -> TokenAnswer:
        """Get a guest token; with a guest's own token, one of the same guest with another name."""
        before = call.claims if call.actor.role == "guest" else None
        return self._answer(self.accounts.guest((await call.body(GuestRequest)).name, before))

    async def login(self, call: Call) -> TokenAnswer:
        """Sign in with a password."""
        asked = await call.body(LoginRequest)
        login = asked.login.lower()
        # Somebody who tries this login from many addresses must not lock its owner out.
        origin = await self.accounts.familiar_origin(login, call.address, asked.device)
        user = f"{login}@{origin or call.address}"
        await self.limiter.spend(Quota.LOGIN, user=user, **({} if origin is not None else {"login": login}))
        granted = await self.accounts.login(asked.login, asked.password, call.by, asked.device)
        await self.limiter.forgive(Quota.LOGIN, user=user)
        return self._answer(granted)

    async def refresh(self, call: Call) -> TokenAnswer:
        """Get the next access token."""
        asked = await call.body(RefreshRequest)
        return self._answer(await self.accounts.refresh(asked.refresh_token, call.by))

    async def logout(self, call: Call) -> Done:
        """End this session, or all of them; a guest has none, and drops the tokens."""
        asked = await call.body(LogoutRequest)
        if call.actor.role != "guest":
            await self.accounts.logout(call.claims_or_401, call.by, everywhere=asked.everywhere)
        return Done()

    async def upgrade(self, call: Call) -> TokenAnswer:
        """Become a user, with the guest's name and open sockets."""
        asked = await call.body(UpgradeRequest)
        return self._answer(await self.accounts.upgrade(call.actor, asked.login, asked.password, asked.name, call.by))

    async def me(self, call: Call) -> Me:
        """Show the user of the token, and their roles."""
        actor = call.actor
        return Me.model_validate(
            {
                "id": actor.id,
                "name": actor.name,
                "role": actor.role,
                "stations": dict(actor.at),
                "creates_stations": creates_stations(actor.role, self.station_creators),
            }
        )

    async def password(self, call: Call) -> TokenAnswer:
        """Change the password; all other sessions end."""
        asked = await call.body(PasswordRequest)
        return self._answer(
            await self.accounts.change_password(call.claims_or_401, asked.current, asked.password, call.by)
        )

    async def users(self, call: Call) -> AccountsPage:
        """List the users, or those that a search finds, by login."""
        page = call.query(AccountsQuery)
        found, more = await self.accounts.users_page(page.limit, page.cursor, page.search)
        return AccountsPage(items=[_account(user) for user in found], next=more)

    async def set_role(self, call: Call) -> AccountView:
        """Change a user's role on the platform."""
        asked = await call.body(RoleRequest)
        return _account(await self.accounts.set_role(call.path["id"], asked.role, call.by))

    def _answer(self, granted: TokenGrant) -> TokenAnswer:
        return TokenAnswer(
            access_token=granted.access_token,
            expires_in=self.accounts.mint.settings.lifetime_s,
            refresh_token=granted.refresh_token,
            device=granted.device,
            user=UserView.model_validate({"id": granted.id, "name": granted.name, "role": granted.role}),
        )


def _account(user: User) -> AccountView:
    return AccountView.model_validate({"id": user.id, "login": user.login, "name": user.name, "role": user.role})
