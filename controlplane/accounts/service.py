"""Accounts: who is speaking, and how somebody proves it."""

import secrets
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.accounts.actor import GUEST_PREFIX, Actor
from controlplane.accounts.lookups import Lookups
from controlplane.accounts.passwords import Passwords
from controlplane.accounts.rules import LOGIN, ROLE_NAMES, Claims, check_login, check_password, plain_name
from controlplane.accounts.sessions import Opened, Sessions
from controlplane.accounts.standing import Standing
from controlplane.accounts.tokens import TokenMint
from controlplane.config import Settings
from controlplane.db import audit, authority, sessions, users
from controlplane.db.audit import CONSOLE, By
from controlplane.db.engine import now_ms, reading, writing
from controlplane.db.users import User
from controlplane.errors import Banned, Conflict, Forbidden, NotFound, Unauthenticated
from controlplane.onair import titles

NAME_BYTES = 80
GUEST_ID_BYTES = 16
WRONG = "login or password is wrong"


@dataclass(frozen=True, slots=True)
class Granted:
    """Tokens, and who they speak for."""

    access_token: str
    refresh_token: str
    id: str
    name: str
    role: str
    device: str | None = None


@dataclass(slots=True)
class Accounts:
    """People, guests and their tokens."""

    engine: AsyncEngine
    mint: TokenMint
    standing: Standing
    sessions: Sessions
    signup: bool
    passwords: Passwords = field(default_factory=Passwords)
    _elsewhere: dict[tuple[str, str], str] = field(default_factory=dict)
    _identities: Lookups[tuple[str, str], str] = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105 - makes what belongs to no caller
        self._identities = Lookups(self._read_identities)

    @classmethod
    def of(cls, settings: Settings, engine: AsyncEngine) -> "Accounts":
        """Return the accounts of a house."""
        standing = Standing(engine)
        sessions = Sessions(engine, standing, settings.tokens)
        return cls(engine, TokenMint.of(settings), standing, sessions, settings.accounts.signup)

    async def claims(self, token: object) -> Claims:
        """Return what a token says, its subject as it is known here; raise Unauthenticated or Upstream."""
        claims = self.mint.read(token)
        if claims.issuer == self.mint.settings.issuer:
            return claims
        user_id = await self._from_elsewhere(claims)
        return replace(claims, subject=user_id, session=None)

    async def actor(self, token: object, address: str) -> Actor:
        """Return whose token it is, with the roles the database gives now; raise Unauthenticated or Banned."""
        return await self.standing.actor(await self.claims(token), address)

    def guest(self, name: str | None) -> Granted:
        """Make a guest; raise Conflict for a name that belongs to the staff."""
        chosen = titles.clean(name or "", NAME_BYTES) or f"Guest {secrets.randbelow(9000) + 1000}"
        self._check_name(chosen)
        return self._guest(GUEST_PREFIX + secrets.token_hex(GUEST_ID_BYTES), chosen)

    async def known_place(self, login: str, address: str, device: str | None) -> str | None:
        """Return the device, or the address, that a user has signed in with lately; None where neither is known."""
        async with reading(self.engine) as connection:
            if device is not None:
                user = await users.by_login(connection, login)
                found = self.mint.read_device(device, user.id) if user is not None else None
                if found is not None:
                    return f"device {found}"
            return address if await sessions.opened_from(connection, login, address) else None

    async def login(self, login: str, password: str, by: By, device: str | None = None) -> Granted:
        """Open a session for the right password; raise Unauthenticated. A `device` that is the user's stays so."""
        async with reading(self.engine) as connection:
            user = await users.by_login(connection, login) if LOGIN.fullmatch(login) else None
        # An unknown login costs the same work, so that the time taken does not tell which logins exist.
        if not await self.passwords.verify(user.password_hash if user else None, password) or user is None:
            raise Unauthenticated(WRONG)
        async with writing(self.engine) as connection:
            opened = await self.sessions.open(connection, user.id, by.address)
            await audit.note(connection, now_ms(), By(user.id, user.name, by.address), "session.open", user.login)
        known = self.mint.read_device(device, user.id) if device is not None else None
        device_id = known or secrets.token_hex(GUEST_ID_BYTES)
        return replace(self._granted(user, opened), device=self.mint.make_device(user.id, device_id))

    async def refresh(self, refresh_token: str, by: By) -> Granted:
        """Give the next tokens for a refresh token, a guest's or a session's; raise Unauthenticated or Banned."""
        if "." in refresh_token:
            claims = self.mint.read_guest_refresh(refresh_token)
            actor = await self.standing.actor(claims, by.address)
            return self._guest(actor.id, actor.name, refresh_token, claims.since)
        opened = await self.sessions.refresh(refresh_token, by)
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, opened.user_id)
        if user is None:
            raise Unauthenticated("the account is gone")
        return self._granted(user, opened)

    async def logout(self, claims: Claims, by: By, *, everywhere: bool) -> None:
        """End the session of a token, or all of its user's; without a session, all tokens that have none."""
        async with authority.changing(self.engine) as connection:
            if everywhere:
                await self.sessions.end_all(connection, claims.subject, "logout")
            elif claims.session is not None:
                await self.sessions.end(connection, [claims.session], "logout")
            else:
                await self.sessions.end_minted(connection, claims.subject)
            await audit.note(connection, now_ms(), by, "session.end", "all" if everywhere else "")
        await self.standing.refresh()

    async def upgrade(self, guest: Actor, login: str, password: str, name: str | None, by: By) -> Granted:
        """Make a guest a user, with its open sockets; raise InvalidInput, Forbidden, Banned or Conflict."""
        for reason in guest.banned.values():
            raise Banned(reason)  # another name would lead around it
        if not self.signup:
            raise Forbidden("accounts are made by those who run this platform: ask them for one")
        check_password(password, check_login(login))
        stored = await self.passwords.hash(password)
        chosen = titles.clean(name or "", NAME_BYTES) or guest.name
        self._check_name(chosen)
        user = User(guest.id.removeprefix(GUEST_PREFIX), login, chosen, "user", stored)
        async with authority.changing(self.engine) as connection:
            await self._add(connection, user, By(user.id, user.name, by.address), "user.signup")
            until = now_ms() + self.mint.settings.refresh_lifetime_s * 1000
            opened = await self.sessions.open(connection, user.id, by.address)
            await authority.revoke(connection, [guest.id], until, authority.Heir(user.id, opened.session))
        await self.standing.refresh()
        return self._granted(user, opened)

    async def change_password(self, claims: Claims, current: str, password: str, by: By) -> Granted:
        """Give oneself another password, which ends all sessions but this one; raise Forbidden or InvalidInput."""
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, claims.subject)
        if not await self.passwords.verify(user.password_hash if user else None, current) or user is None:
            raise Forbidden("current: that is not your password")
        stored = await self.passwords.hash(check_password(password, user.login))
        async with authority.changing(self.engine) as connection:
            await self._set_password(connection, user, stored, by, claims.session)
            if claims.session is None:
                opened = await self.sessions.open(connection, user.id, by.address)
            else:
                opened = await self.sessions.renew(connection, claims.session, user.id)
        await self.standing.refresh()
        return self._granted(user, opened)

    async def token_for(self, login: str, lifetime_s: int | None) -> str:
        """Mint a token for a user; raise NotFound."""
        async with reading(self.engine) as connection:
            user = await self._known(connection, login)
            person = (await authority.people(connection, [user.id]))[user.id]
        return self.mint.make(user.id, user.name, lifetime_s, not_before=person.tokens_from)

    async def add_user(self, login: str, name: str, role: str, password: str, by: By = CONSOLE) -> User:
        """Create a user; raise InvalidInput or Conflict."""
        stored = await self.passwords.hash(password)
        name = titles.clean(name, NAME_BYTES) or check_login(login)
        user = User(secrets.token_hex(16), check_login(login), name, role, stored)
        async with authority.changing(self.engine) as connection:
            await self._add(connection, user, by, "user.add")
        return user

    async def set_password(self, login: str, password: str, by: By = CONSOLE) -> None:
        """Give a user another password, which ends all sessions; raise NotFound."""
        stored = await self.passwords.hash(password)
        async with authority.changing(self.engine) as connection:
            await self._set_password(connection, await self._known(connection, login), stored, by)

    async def rename(self, login: str, to: str, by: By = CONSOLE) -> None:
        """Give the user with just this login another one; raise NotFound, InvalidInput or Conflict."""
        async with authority.changing(self.engine) as connection:
            taken = await users.by_login(connection, check_login(to))
            if taken is not None and taken.login.lower() != login.lower():
                raise Conflict(f"login: there is a user {taken.login!r} already")
            if not await users.rename(connection, login, to):
                raise NotFound(f"there is no user {login[:64]!r}: upper and lower case count here")
            await audit.note(connection, now_ms(), by, "user.rename", to, detail={"from": login})

    async def set_role(self, user: str, role: str, by: By = CONSOLE) -> User:
        """Give the user with this login or id another role on the platform; raise NotFound or Conflict."""
        async with authority.changing(self.engine) as connection:
            found = await users.by_id(connection, user) or await self._known(connection, user)
            if found.role == "admin" and role != "admin" and await users.count(connection, "admin") == 1:
                raise Conflict(f"{found.login} is the only admin: make another first")
            await users.set_role(connection, found.id, role)
            detail = {"from": found.role, "to": role}
            await audit.note(connection, now_ms(), by, "user.role", found.login, detail=detail)
        await self.standing.refresh()
        return User(found.id, found.login, found.name, role, found.password_hash)

    async def everybody(self) -> list[User]:
        """List the users by login."""
        async with reading(self.engine) as connection:
            return await users.everybody(connection)

    async def _from_elsewhere(self, claims: Claims) -> str:
        key = claims.issuer, claims.subject
        if key in self._elsewhere:
            return self._elsewhere[key]
        user_id = await self._identities.find(key)
        if user_id is None:
            try:
                user_id = await self._take_in(claims)
            except Conflict:  # it came twice at the same time
                user_id = await self._identities.find(key)
        if user_id is None:
            raise Unauthenticated("the token is for nobody who is known here")
        self._elsewhere[key] = user_id
        return user_id

    async def _read_identities(self, keys: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
        async with reading(self.engine) as connection:
            return await authority.known_as(connection, keys)

    async def _take_in(self, claims: Claims) -> str:
        user_id = secrets.token_hex(16)
        name = titles.clean(claims.name, NAME_BYTES) or f"Listener {user_id[:4]}"
        user = User(user_id, f"elsewhere-{user_id[:12]}", name, "user", None)
        async with authority.changing(self.engine) as connection:
            await self._add(connection, user, By(user_id, name), "user.first_seen")
            await authority.know_as(connection, claims.issuer, claims.subject, user_id)
        return user_id

    @staticmethod
    async def _add(connection: AsyncConnection, user: User, by: By, action: str) -> None:
        if await users.by_login(connection, user.login) is not None:
            raise Conflict(f"login: there is a user {user.login!r} already")
        await users.add(connection, user, now_ms())
        await audit.note(connection, now_ms(), by, action, user.login, detail={"role": user.role})

    async def _set_password(
        self, connection: AsyncConnection, user: User, stored: str, by: By, here: str | None = None
    ) -> None:
        await users.set_password(connection, user.id, stored)
        await self.sessions.end_all(connection, user.id, "password", but=here)
        await audit.note(connection, now_ms(), by, "user.password", user.login)

    @staticmethod
    async def _known(connection: AsyncConnection, login: str) -> User:
        user = await users.by_login(connection, login)
        if user is None:
            raise NotFound(f"there is no user {login[:64]!r}")
        return user

    def _check_name(self, name: str) -> None:
        plain = plain_name(name)
        if plain and plain in ROLE_NAMES | self.standing.staff_names:
            raise Conflict("name: that name belongs to a member of the staff: choose another")

    def _guest(self, guest_id: str, name: str, refresh_token: str | None = None, since: int | None = None) -> Granted:
        refresh_token = refresh_token or self.mint.make_guest_refresh(guest_id, name)
        return Granted(self.mint.make(guest_id, name, since=since), refresh_token, guest_id, name, "guest")

    def _granted(self, user: User, opened: Opened) -> Granted:
        token = self.mint.make(user.id, user.name, session=opened.session)
        return Granted(token, opened.refresh_token, user.id, user.name, user.role)
