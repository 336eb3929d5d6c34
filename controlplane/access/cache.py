"""Roles, revocations and bans in memory, so that handshakes and hooks never wait for the database (ADR 10).

The database has an access version that rises with every change of these. It is read every second and after each change
of our own; when it has risen, everything is read again and the callbacks are called.
"""

import asyncio
import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.access.batch_loader import BatchLoader
from controlplane.access.claims import Claims
from controlplane.access.identity import GUEST_PREFIX, Actor
from controlplane.db import access
from controlplane.db.access import Ban, GuestUpgrade, UserAccess
from controlplane.db.engine import reading
from controlplane.kernel.clock import SYSTEM_CLOCK, Clock
from controlplane.kernel.errors import Banned, BanTerms, Unauthenticated
from controlplane.kernel.lookalikes import lookalike_key

MAX_USERS = 20_000
"""Users kept in memory; those seen least recently are dropped, and read again when they come."""

ADDRESS_BAN_S = 86_400
"""For a day after a ban, new guests from its address are banned with it."""

SESSION_ENDED = "this session has ended: sign in again"
UNKNOWN_USER = "no user of this platform belongs to the token"


@dataclass(frozen=True, slots=True)
class AccessState:
    """What the database said at one version."""

    users: dict[str, UserAccess] = field(default_factory=dict)
    revoked: dict[str, GuestUpgrade | None] = field(default_factory=dict)
    bans: dict[str, list[Ban]] = field(default_factory=dict)
    addresses: dict[str, list[Ban]] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    """Names and logins of those who have a role anywhere, as they are compared."""


@dataclass(slots=True)
class AccessCache:
    """Replaced as a whole when the access version changes; kept as it is while the database is away."""

    engine: AsyncEngine
    clock: Clock = SYSTEM_CLOCK
    _state: AccessState | None = None
    _version: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _listeners: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _users: BatchLoader[str, UserAccess] = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105 - makes what belongs to no caller
        self._users = BatchLoader(self._read_users)

    def on_change(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back when the access version has risen."""
        self._listeners.append(callback)

    async def refresh(self) -> None:
        """Read everything again if the access version has risen, and call back.

        Raises Upstream, with the old state kept.
        """
        async with self._lock:
            await self._read_if_changed()

    @asynccontextmanager
    async def changing(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose work changes access; once it is committed, the change is in force here.

        Raises Conflict when a name is taken and Upstream when the database cannot be written.
        """
        async with access.changing(self.engine) as connection:
            yield connection
        await self.refresh()

    async def _read_if_changed(self) -> None:
        async with reading(self.engine) as connection:
            version = await access.version(connection)
            if version == self._version:
                return
            users = list(self._state.users) if self._state is not None else []
            self._state = await _read(connection, users, self.clock.now_ms())
        for callback in self._listeners:
            await callback()
        # Only now: a callback that failed is called again the next time.
        self._version = version

    async def _begin(self) -> AccessState:
        while self._state is None:
            async with self._lock:
                # Of a crowd that comes at once, the first asks for all.
                if self._state is None:
                    await self._read_if_changed()
        return self._state

    async def actor(self, claims: Claims, address: str) -> Actor:
        """Return the actor that the claims stand for.

        Raises Unauthenticated or Banned, and Upstream as long as nothing has been loaded yet.
        """
        guest = claims.subject.startswith(GUEST_PREFIX)
        while True:
            state = self._state or await self._begin()
            user = None if guest else state.users.pop(claims.subject, None) or await self._find(claims.subject)
            # The user that was read may be older than a state that was read meanwhile.
            if state is self._state:
                break
        if claims.session is not None and claims.session in state.revoked:
            raise Unauthenticated(SESSION_ENDED)
        return self._guest(state, claims, address) if user is None else self._user(state, user, claims)

    @property
    def staff_names(self) -> frozenset[str]:
        """The names that nobody else may take."""
        return self._state.staff if self._state is not None else frozenset()

    def bans_new_guests(self, address: str, slug: str) -> bool:
        """Say whether a guest who came from an address now would be banned from a station."""
        now = self.clock.now_ms()
        bans = self._state.addresses.get(address, []) if self._state is not None else []
        return any(
            ban.kind == "ban"
            and ban.slug in {slug, None}
            and now - ban.created_at < ADDRESS_BAN_S * 1000
            and (ban.until is None or ban.until > now)
            for ban in bans
        )

    def upgrade(self, subject: str) -> GuestUpgrade | None:
        """Return the user that a guest has become."""
        return self._state.revoked.get(subject) if self._state is not None else None

    def _user(self, state: AccessState, user: UserAccess, claims: Claims) -> Actor:
        state.users[user.id] = user
        if claims.session is None and claims.issued_at < user.tokens_from:
            raise Unauthenticated(SESSION_ENDED)
        bans = [] if user.role == "admin" else state.bans.get(user.id, [])
        in_force = _in_force(bans, self.clock.now_ms())
        return Actor(user.id, user.name, user.role, user.at, *in_force, only_at=user.only_at)

    def _guest(self, state: AccessState, claims: Claims, address: str) -> Actor:
        if claims.subject in state.revoked:
            raise Unauthenticated(SESSION_ENDED)
        # An address may be an office: guests from before the ban are not meant, nor those of days later.
        of_address = [ban for ban in state.addresses.get(address, []) if 0 <= _since(claims, ban) < ADDRESS_BAN_S]
        bans = [*state.bans.get(claims.subject, []), *of_address]
        return Actor(claims.subject, claims.name, "guest", {}, *_in_force(bans, self.clock.now_ms()))

    async def _read_users(self, ids: set[str]) -> dict[str, UserAccess]:
        async with reading(self.engine) as connection:
            return await access.users_access(connection, ids)

    async def _find(self, user_id: str) -> UserAccess:
        user = await self._users.load(user_id)
        if user is None:
            raise Unauthenticated(UNKNOWN_USER)
        state = self._state
        while state is not None and len(state.users) >= MAX_USERS:
            del state.users[next(iter(state.users))]
        return user


def _since(claims: Claims, ban: Ban) -> float:
    """Return how many seconds after a ban a guest's identity was made."""
    return claims.since - ban.created_at // 1000


def _in_force(bans: list[Ban], now: int) -> tuple[dict[str, BanTerms], dict[str, BanTerms]]:
    """Return the bans from stations and the timeouts there by slug: of several, the one that lasts longest.

    Raises Banned for the platform.
    """
    by_kind: dict[str, dict[str, BanTerms]] = {"ban": {}, "timeout": {}}
    for ban in sorted(bans, key=lambda ban: ban.until or math.inf, reverse=True):
        if ban.until is not None and ban.until <= now:
            continue
        terms = BanTerms(ban.reason, ban.until)
        if ban.slug is None:
            raise Banned(terms)
        by_kind[ban.kind].setdefault(ban.slug, terms)
    return by_kind["ban"], by_kind["timeout"]


async def _read(connection: AsyncConnection, user_ids: list[str], now: int) -> AccessState:
    staff = frozenset(map(lookalike_key, await access.staff_names(connection)))
    state = AccessState(
        await access.users_access(connection, user_ids), await access.revoked(connection, now), staff=staff
    )
    for ban in await access.bans_in_force(connection, now):
        state.bans.setdefault(ban.subject, []).append(ban)
        if ban.address is not None:
            state.addresses.setdefault(ban.address, []).append(ban)
    return state
