"""Who may do what now: the roles, sessions and bans that the database gives, in memory, for answers at once.

The database has a stamp that rises with every change of these. It is looked at every second and after each change of
our own; when it rose, everything is read again and those who hold open sockets are told.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.accounts.actor import GUEST_PREFIX, Actor
from controlplane.accounts.rules import Claims
from controlplane.db import authority
from controlplane.db.authority import Ban, Person
from controlplane.db.engine import reading
from controlplane.errors import Banned, Unauthenticated

MOST_PEOPLE = 20_000
"""So many users are kept in memory; with more, those not seen for longest are read again when they come."""

ENDED = "this session has ended: sign in again"
GONE = "the token is for nobody who is known here"


@dataclass(slots=True)
class Standing:
    """The only holder of what the database says of people. While it says nothing, what was last known stands."""

    engine: AsyncEngine
    _stamp: int = 0
    _people: dict[str, Person] = field(default_factory=dict)
    _revoked: dict[str, str | None] = field(default_factory=dict)
    _bans: dict[str, list[Ban]] = field(default_factory=dict)
    _addresses: dict[str, list[Ban]] = field(default_factory=dict)
    _told: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    def on_change(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back when anything here has changed."""
        self._told.append(callback)

    async def refresh(self) -> None:
        """Look whether anything changed, and if so take it over and tell; raise Upstream, with the old state kept."""
        async with reading(self.engine) as connection:
            stamp = await authority.stamp(connection)
            if stamp == self._stamp:
                return
            await self._read(connection)
            self._stamp = stamp
        for callback in self._told:
            await callback()

    async def actor(self, claims: Claims, address: str) -> Actor:
        """Return who the claims speak for; raise Unauthenticated, Banned or, where nothing is known yet, Upstream."""
        if not self._stamp:
            await self.refresh()
        if claims.session is not None and claims.session in self._revoked:
            raise Unauthenticated(ENDED)
        if claims.subject.startswith(GUEST_PREFIX):
            return self._guest(claims, address)
        person = self._people.pop(claims.subject, None) or await self._find(claims.subject)
        self._people[person.id] = person
        if claims.session is None and claims.issued_at < person.tokens_from:
            raise Unauthenticated(ENDED)
        banned = self._judge(self._bans.get(person.id, []), exempt=person.role == "admin")
        return Actor(person.id, person.name, person.role, person.at, banned)

    def heir(self, subject: str) -> str | None:
        """Return the user that a guest has become."""
        return self._revoked.get(subject)

    def _guest(self, claims: Claims, address: str) -> Actor:
        if claims.subject in self._revoked:
            raise Unauthenticated(ENDED)
        bans = [*self._bans.get(claims.subject, []), *self._addresses.get(address, [])]
        return Actor(claims.subject, claims.name, "guest", {}, self._judge(bans))

    @staticmethod
    def _judge(bans: list[Ban], *, exempt: bool = False) -> dict[str, str]:
        now_ms = time.time() * 1000
        banned = {}
        for ban in bans:
            if exempt or (ban.until is not None and ban.until <= now_ms):
                continue
            if ban.slug is None:
                raise Banned(f"you were sent away{f': {ban.reason}' if ban.reason else ''}")
            banned[ban.slug] = f"you were sent away from this station{f': {ban.reason}' if ban.reason else ''}"
        return banned

    async def _find(self, user_id: str) -> Person:
        async with reading(self.engine) as connection:
            person = (await authority.people(connection, [user_id])).get(user_id)
        if person is None:
            raise Unauthenticated(GONE)
        while len(self._people) >= MOST_PEOPLE:
            del self._people[next(iter(self._people))]
        return person

    async def _read(self, connection: AsyncConnection) -> None:
        now_ms = int(time.time() * 1000)
        self._revoked = await authority.revoked(connection, now_ms)
        self._people = await authority.people(connection, list(self._people))
        self._bans, self._addresses = {}, {}
        for ban in await authority.bans_in_force(connection, now_ms):
            self._bans.setdefault(ban.subject, []).append(ban)
            if ban.address is not None and ban.subject.startswith(GUEST_PREFIX):
                self._addresses.setdefault(ban.address, []).append(ban)
