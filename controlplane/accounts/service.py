"""Accounts: who is speaking, and how somebody proves it."""

import asyncio
import re
import secrets
import time
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.accounts.tokens import Claims, TokenMint
from controlplane.db import users
from controlplane.db.engine import reading, writing
from controlplane.db.users import User
from controlplane.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from controlplane.onair import titles
from controlplane.permissions import Permission, allows

GUEST_PREFIX = "guest:"
NAME_BYTES = 80
LOGIN = re.compile(r"[A-Za-z0-9._@+-]{1,64}")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for something; `role` is the platform role, `at` the roles at stations by slug."""

    id: str
    name: str
    role: str
    at: dict[str, str] = field(default_factory=dict)

    def may(self, permission: Permission, slug: str | None = None) -> bool:
        """Say whether the actor holds a permission, at a station if one is named."""
        roles = {self.role} | ({self.at[slug]} if slug in self.at else set())
        return allows(frozenset(roles), permission)

    def must(self, permission: Permission, slug: str | None = None) -> None:
        """Raise Unauthenticated or Forbidden unless the actor holds the permission."""
        if self.may(permission, slug):
            return
        if self.role == "anonymous":
            raise Unauthenticated("a token is needed: POST /api/v1/auth/guest gives one to anybody")
        raise Forbidden(f"{self.name or self.role} may not do that here")


ANONYMOUS = Actor("", "", "anonymous")


@dataclass(slots=True)
class Accounts:
    """People, guests and their tokens."""

    engine: AsyncEngine
    mint: TokenMint
    _hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _nobody: str = field(default_factory=lambda: PasswordHasher().hash(secrets.token_hex(16)))

    async def actor(self, token: object) -> Actor:
        """Return whose token it is, with the roles the database gives now; raise Unauthenticated."""
        claims: Claims = self.mint.read(token)
        if claims.subject.startswith(GUEST_PREFIX):
            return Actor(claims.subject, claims.name, "guest")
        async with reading(self.engine) as connection:
            user = await users.by_id(connection, claims.subject)
            if user is None:
                raise Unauthenticated("the token is for nobody who is known here")
            return Actor(user.id, user.name, user.role, await users.station_roles(connection, user.id))

    def guest(self, name: str | None) -> tuple[str, Actor]:
        """Make a guest and its token."""
        chosen = titles.clean(name or "", NAME_BYTES) or f"Guest {secrets.randbelow(9000) + 1000}"
        actor = Actor(GUEST_PREFIX + secrets.token_hex(8), chosen, "guest")
        return self.mint.make(actor.id, actor.name), actor

    async def login(self, login: str, password: str) -> tuple[str, Actor]:
        """Return a token for the right password; raise Unauthenticated."""
        async with reading(self.engine) as connection:
            user = await users.by_login(connection, login)
        # An unknown login costs the same work, so that the time taken does not tell which logins exist.
        stored = user.password_hash if user is not None and user.password_hash else self._nobody
        if not await asyncio.to_thread(self._verifies, stored, password) or user is None or not user.password_hash:
            raise Unauthenticated("login or password is wrong")
        token = self.mint.make(user.id, user.name)
        return token, await self.actor(token)

    async def token_for(self, login: str, lifetime_s: int | None) -> str:
        """Mint a token for a user; raise NotFound."""
        async with reading(self.engine) as connection:
            user = await users.by_login(connection, login)
        if user is None:
            raise NotFound(f"there is no user {login!r}")
        return self.mint.make(user.id, user.name, lifetime_s)

    async def add_user(self, login: str, name: str, role: str, password: str) -> User:
        """Create a user; raise InvalidInput or Conflict."""
        if not LOGIN.fullmatch(login):
            raise InvalidInput(f"{login!r} cannot be a login: use 1 to 64 of letters, digits and . _ @ + -")
        digest = await asyncio.to_thread(self._hasher.hash, password)
        user = User(secrets.token_hex(16), login, titles.clean(name, NAME_BYTES) or login, role, digest)
        async with writing(self.engine) as connection:
            if await users.by_login(connection, login) is not None:
                raise Conflict(f"there is a user {login!r} already")
            await users.add(connection, user, int(time.time() * 1000))
        return user

    async def set_password(self, login: str, password: str) -> None:
        """Give a user another password; raise NotFound."""
        digest = await asyncio.to_thread(self._hasher.hash, password)
        async with writing(self.engine) as connection:
            user = await users.by_login(connection, login)
            if user is None:
                raise NotFound(f"there is no user {login!r}")
            await users.set_password(connection, user.id, digest)

    def _verifies(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False
