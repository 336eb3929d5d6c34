"""Accounts: users and guests, and the tokens they are granted."""

import secrets
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.authenticator import Authenticator
from controlplane.access.cache import AccessCache
from controlplane.access.claims import Claims
from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.access.tokens import TokenMint
from controlplane.db import access, audit, personal, sessions, users
from controlplane.db.engine import reading, writing
from controlplane.db.users import User
from controlplane.features.accounts.passwords import Passwords
from controlplane.features.accounts.rules import LOGIN, ROLE_KEYS, check_login, check_password
from controlplane.features.accounts.sessions import OpenSession, Sessions
from controlplane.kernel.audit import CONSOLE, AuditActor
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import Banned, Conflict, Forbidden, NotFound, TimedOut, Unauthenticated
from controlplane.kernel.lookalikes import lookalike_key
from controlplane.kernel.text import NAME_BYTES, clean
from controlplane.protocol.paging import page_of
from controlplane.runtime.config import Settings

GUEST_ID_BYTES = 16
WRONG_CREDENTIALS = "wrong username or password"


@dataclass(frozen=True, slots=True)
class TokenGrant:
    """A token pair and its subject."""

    access_token: str
    refresh_token: str
    id: str
    name: str
    role: str
    device: str | None = None


@dataclass(slots=True)
class Accounts:
    """Manages users and guests, and grants their tokens."""

    engine: AsyncEngine
    mint: TokenMint
    cache: AccessCache
    sessions: Sessions
    signup: bool
    clock: Clock = SYSTEM_CLOCK
    passwords: Passwords = field(default_factory=Passwords)

    @classmethod
    def build(cls, settings: Settings, authenticator: Authenticator) -> "Accounts":
        """Return the accounts that an authenticator reads the tokens of."""
        engine, cache = authenticator.engine, authenticator.cache
        sessions = Sessions(engine, cache, settings.tokens, authenticator.clock)
        return cls(engine, authenticator.tokens, cache, sessions, settings.accounts.signup, authenticator.clock)

    def guest(self, name: str | None, before: Claims | None = None) -> TokenGrant:
        """Create a guest, or give the guest `before` another name; raise Conflict for a name of a staff member."""
        chosen = clean(name or "", NAME_BYTES) or f"Guest {secrets.randbelow(9000) + 1000}"
        self._check_name(chosen)
        if before is not None:
            return self._guest(before.subject, chosen, since=before.since)
        return self._guest(GUEST_PREFIX + secrets.token_hex(GUEST_ID_BYTES), chosen)

    async def familiar_origin(self, login: str, address: str, device: str | None) -> str | None:
        """Return the device, or the address, that a user has signed in with before; None if neither is familiar."""
        async with reading(self.engine) as connection:
            if device is not None:
                user = await users.by_login(connection, login)
                found = self.mint.read_device(device, user.id) if user is not None else None
                if found is not None:
                    return f"device {found}"
            return address if await sessions.opened_from(connection, login, address) else None

    async def login(self, login: str, password: str, by: AuditActor, device: str | None = None) -> TokenGrant:
        """Open a session; raise Unauthenticated for a wrong password. A `device` token of the user's is renewed."""
        async with reading(self.engine) as connection:
            user = await users.by_login(connection, login) if LOGIN.fullmatch(login) else None
        # An unknown login costs the same work, so that the time taken does not tell which logins exist.
        if not await self.passwords.verify(user.password_hash if user else None, password) or user is None:
            raise Unauthenticated(WRONG_CREDENTIALS)
        async with writing(self.engine) as connection:
            opened = await self.sessions.open(connection, user.id, by.address)
            await audit.note(
                connection, self.clock.now_ms(), AuditActor(user.id, user.name, by.address), "session.open", user.login
            )
        known = self.mint.read_device(device, user.id) if device is not None else None
        device_id = known or secrets.token_hex(GUEST_ID_BYTES)
        return replace(self._granted(user, opened), device=self.mint.make_device(user.id, device_id))

    async def refresh(self, refresh_token: str, by: AuditActor) -> TokenGrant:
        """Grant the next tokens for a refresh token, a guest's or a session's; raise Unauthenticated or Banned."""
        if "." in refresh_token:
            claims = self.mint.read_guest_refresh(refresh_token)
            actor = await self.cache.actor(claims, by.address)
            return self._guest(actor.id, actor.name, refresh_token, claims.since)
        opened = await self.sessions.refresh(refresh_token, by)
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, opened.user_id)
        if user is None:
            raise Unauthenticated("the account is gone")
        return self._granted(user, opened)

    async def logout(self, claims: Claims, by: AuditActor, *, everywhere: bool) -> None:
        """End the session of a token, or all of its user's; without a session, all tokens that have none."""
        async with self.cache.changing() as connection:
            if everywhere:
                await self.sessions.end_all(connection, claims.subject, "logout")
            elif claims.session is not None:
                await self.sessions.end(connection, [claims.session], "logout")
            else:
                await self.sessions.end_minted(connection, claims.subject)
            await audit.note(connection, self.clock.now_ms(), by, "session.end", "all" if everywhere else "")

    async def upgrade(self, guest: Actor, login: str, password: str, name: str | None, by: AuditActor) -> TokenGrant:
        """Turn a guest into a user, with its open sockets; raise InvalidInput, Forbidden, Banned or Conflict."""
        for slug, ban in guest.banned.items():
            raise Banned(ban, slug)  # another name would get around it
        now = self.clock.now_ms()
        for terms in guest.timeouts.values():
            if terms.until is not None and terms.until > now:
                raise TimedOut(terms, (terms.until - now) / 1000)
        if not self.signup:
            raise Forbidden("only the admins of this platform create accounts: ask them for one")
        check_password(password, check_login(login))
        stored = await self.passwords.hash(password)
        chosen = clean(name or "", NAME_BYTES) or guest.name
        self._check_name(chosen)
        user = User(guest.id.removeprefix(GUEST_PREFIX), login, chosen, "user", stored)
        async with self.cache.changing() as connection:
            await self._add(connection, user, AuditActor(user.id, user.name, by.address), "user.signup")
            until = self.clock.now_ms() + self.mint.settings.refresh_lifetime_s * 1000
            opened = await self.sessions.open(connection, user.id, by.address)
            await access.revoke(connection, [guest.id], until, access.GuestUpgrade(user.id, opened.session))
            await personal.move(connection, guest.id, user.id)
        return self._granted(user, opened)

    async def change_password(self, claims: Claims, current: str, password: str, by: AuditActor) -> TokenGrant:
        """Change one's own password, which ends all other sessions; raise Forbidden or InvalidInput."""
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, claims.subject)
        if not await self.passwords.verify(user.password_hash if user else None, current) or user is None:
            raise Forbidden("your current password is wrong")
        stored = await self.passwords.hash(check_password(password, user.login))
        async with self.cache.changing() as connection:
            await self._set_password(connection, user, stored, by, claims.session)
            if claims.session is None:
                opened = await self.sessions.open(connection, user.id, by.address)
            else:
                opened = await self.sessions.renew(connection, claims.session, user.id)
        return self._granted(user, opened)

    async def token_for(self, login: str, lifetime_s: int | None) -> str:
        """Mint a token for a user; raise NotFound."""
        async with reading(self.engine) as connection:
            user = await self._require_user(connection, login)
            person = (await access.users_access(connection, [user.id]))[user.id]
        return self.mint.make(user.id, user.name, lifetime_s, not_before=person.tokens_from)

    async def add_user(self, login: str, name: str, role: str, password: str, by: AuditActor = CONSOLE) -> User:
        """Create a user; raise InvalidInput or Conflict."""
        stored = await self.passwords.hash(password)
        name = clean(name, NAME_BYTES) or check_login(login)
        user = User(secrets.token_hex(16), check_login(login), name, role, stored)
        async with self.cache.changing() as connection:
            await self._add(connection, user, by, "user.add")
        return user

    async def set_password(self, login: str, password: str, by: AuditActor = CONSOLE) -> None:
        """Change a user's password, which ends all sessions; raise NotFound."""
        stored = await self.passwords.hash(password)
        async with self.cache.changing() as connection:
            await self._set_password(connection, await self._require_user(connection, login), stored, by)

    async def rename(self, login: str, to: str, by: AuditActor = CONSOLE) -> None:
        """Change the login of the user with exactly this one; raise NotFound, InvalidInput or Conflict."""
        # Without the access version: a database that is not up to date may have it under another name.
        async with writing(self.engine) as connection:
            taken = await users.by_login(connection, check_login(to))
            if taken is not None and taken.login.lower() != login.lower():
                raise Conflict(f"the username {taken.login!r} is taken")
            if not await users.rename(connection, login, to):
                raise NotFound(f"no user is called {login[:64]!r}: upper and lower case matter here")
            await audit.note(connection, self.clock.now_ms(), by, "user.rename", to, detail={"from": login})

    async def set_role(self, user: str, role: str, by: AuditActor = CONSOLE) -> User:
        """Change the platform role of the user with this login or id; raise NotFound or Conflict."""
        async with self.cache.changing() as connection:
            found = await users.by_id(connection, user) or await self._require_user(connection, user)
            if found.role == "admin" and role != "admin" and await users.count(connection, "admin") == 1:
                raise Conflict(f"{found.login} is the only admin: make someone else an admin first")
            await users.set_role(connection, found.id, role)
            detail = {"from": found.role, "to": role}
            await audit.note(connection, self.clock.now_ms(), by, "user.role", found.login, detail=detail)
        return User(found.id, found.login, found.name, role, found.password_hash)

    async def users_page(self, limit: int, cursor: str | None, search: str = "") -> tuple[list[User], str | None]:
        """Return a page of the users that a search finds, by login, and the cursor of the next."""
        async with reading(self.engine) as connection:
            found = await users.after(connection, cursor or "", limit + 1, search)
        return page_of(found, limit, lambda user: user.login)

    async def all_users(self) -> list[User]:
        """List the users by login."""
        async with reading(self.engine) as connection:
            return await users.all_users(connection)

    async def _add(self, connection: AsyncConnection, user: User, by: AuditActor, action: str) -> None:
        if await users.by_login(connection, user.login) is not None:
            raise Conflict(f"the username {user.login!r} is taken")
        now = self.clock.now_ms()
        await users.add(connection, user, now)
        await audit.note(connection, now, by, action, user.login, detail={"role": user.role})

    async def _set_password(
        self, connection: AsyncConnection, user: User, stored: str, by: AuditActor, this_session: str | None = None
    ) -> None:
        await users.set_password(connection, user.id, stored)
        await self.sessions.end_all(connection, user.id, "password", keep=this_session)
        await audit.note(connection, self.clock.now_ms(), by, "user.password", user.login)

    @staticmethod
    async def _require_user(connection: AsyncConnection, login: str) -> User:
        user = await users.by_login(connection, login)
        if user is None:
            raise NotFound(f"no user is called {login[:64]!r}")
        return user

    def _check_name(self, name: str) -> None:
        key = lookalike_key(name)
        if key in ROLE_KEYS | self.cache.staff_names:
            raise Conflict("that name belongs to a staff member: choose another")

    def _guest(
        self, guest_id: str, name: str, refresh_token: str | None = None, since: int | None = None
    ) -> TokenGrant:
        refresh_token = refresh_token or self.mint.make_guest_refresh(guest_id, name, since)
        return TokenGrant(self.mint.make(guest_id, name, since=since), refresh_token, guest_id, name, "guest")

    def _granted(self, user: User, opened: OpenSession) -> TokenGrant:
        token = self.mint.make(user.id, user.name, session=opened.session)
        return TokenGrant(token, opened.refresh_token, user.id, user.name, user.role)
