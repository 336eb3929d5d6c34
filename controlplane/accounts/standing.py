"""Who may do what now: the roles, sessions and bans that the database gives, in memory, for answers at once.

The database has a stamp that rises with every change of these. It is looked at every second and after each change of
our own; when it rose, everything is read again and those who hold open sockets are told.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.accounts.actor import GUEST_PREFIX, Actor
from controlplane.accounts.lookups import Lookups
from controlplane.accounts.rules import Claims, plain_name
from controlplane.db import authority
from controlplane.db.authority import Ban, Heir, Person
from controlplane.db.engine import now_ms, reading
from controlplane.errors import Banned, Unauthenticated

MOST_PEOPLE = 20_000
"""So many users are kept in memory; with more, those not seen for longest are read again when they come."""

ADDRESS_BAN_S = 86_400
"""For a day after a ban, new guests from its address are taken for the one who was sent away."""

ENDED = "this session has ended: sign in again"
GONE = "the token is for nobody who is known here"


@dataclass(frozen=True, slots=True)
class Known:
    """What the database said at one time."""

    people: dict[str, Person] = field(default_factory=dict)
    revoked: dict[str, Heir | None] = field(default_factory=dict)
    bans: dict[str, list[Ban]] = field(default_factory=dict)
    addresses: dict[str, list[Ban]] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()
    """Names and logins of those who have a role anywhere, as they are compared."""


@dataclass(slots=True)
class Standing:
    """The only holder of what the database says of people. While it says nothing, what was last known stands."""

    engine: AsyncEngine
    _known: Known | None = None
    _told_of: int = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _told: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    _people: Lookups[str, Person] = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105 - makes what belongs to no caller
        self._people = Lookups(self._read_people)

    def on_change(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Call back when anything here has changed."""
        self._told.append(callback)

    async def refresh(self) -> None:
        """Look whether anything changed, and if so take it over and tell; raise Upstream, with the old state kept."""
        async with self._lock:
            await self._look()

    async def _look(self) -> None:
        async with reading(self.engine) as connection:
            stamp = await authority.stamp(connection)
            if stamp == self._told_of:
                return
            people = list(self._known.people) if self._known is not None else []
            self._known = await _read(connection, people)
        for callback in self._told:
            await callback()
        # Only now: a telling that failed is done again the next time.
        self._told_of = stamp

    async def _begin(self) -> Known:
        while self._known is None:
            async with self._lock:
                # Of a crowd that comes at once, the first asks for all.
                if self._known is None:
                    await self._look()
        return self._known

    async def actor(self, claims: Claims, address: str) -> Actor:
        """Return who the claims speak for; raise Unauthenticated, Banned or, where nothing is known yet, Upstream."""
        guest = claims.subject.startswith(GUEST_PREFIX)
        while True:
            known = self._known or await self._begin()
            person = None if guest else known.people.pop(claims.subject, None) or await self._find(claims.subject)
            # What was asked for may be older than what is known by now.
            if known is self._known:
                break
        if claims.session is not None and claims.session in known.revoked:
            raise Unauthenticated(ENDED)
        return self._guest(known, claims, address) if person is None else self._person(known, person, claims)

    @property
    def staff_names(self) -> frozenset[str]:
        """The names that nobody else may take."""
        return self._known.staff if self._known is not None else frozenset()

    def heir(self, subject: str) -> Heir | None:
        """Return the user that a guest has become."""
        return self._known.revoked.get(subject) if self._known is not None else None

    @staticmethod
    def _person(known: Known, person: Person, claims: Claims) -> Actor:
        known.people[person.id] = person
        if claims.session is None and claims.issued_at < person.tokens_from:
            raise Unauthenticated(ENDED)
        banned = _judge(known.bans.get(person.id, []), exempt=person.role == "admin")
        return Actor(person.id, person.name, person.role, person.at, banned)

    @staticmethod
    def _guest(known: Known, claims: Claims, address: str) -> Actor:
        if claims.subject in known.revoked:
            raise Unauthenticated(ENDED)
        # An address may be an office: those who were there before are not meant, nor those who come days later.
        of_address = [ban for ban in known.addresses.get(address, []) if 0 <= _since(claims, ban) < ADDRESS_BAN_S]
        return Actor(
            claims.subject, claims.name, "guest", {}, _judge([*known.bans.get(claims.subject, []), *of_address])
        )

    async def _read_people(self, ids: set[str]) -> dict[str, Person]:
        async with reading(self.engine) as connection:
            return await authority.people(connection, ids)

    async def _find(self, user_id: str) -> Person:
        person = await self._people.find(user_id)
        if person is None:
            raise Unauthenticated(GONE)
        known = self._known
        while known is not None and len(known.people) >= MOST_PEOPLE:
            del known.people[next(iter(known.people))]
        return person


def _since(claims: Claims, ban: Ban) -> float:
    """Return how many seconds after a ban a guest's identity was made."""
    return claims.since - ban.created_at // 1000


def _judge(bans: list[Ban], *, exempt: bool = False) -> dict[str, str]:
    now = now_ms()
    banned = {}
    for ban in bans:
        if exempt or (ban.until is not None and ban.until <= now):
            continue
        if ban.slug is None:
            raise Banned(f"you were sent away{f': {ban.reason}' if ban.reason else ''}")
        banned[ban.slug] = f"you were sent away from this station{f': {ban.reason}' if ban.reason else ''}"
    return banned


async def _read(connection: AsyncConnection, people: list[str]) -> Known:
    now = now_ms()
    staff = frozenset(map(plain_name, await authority.staff_names(connection)))
    known = Known(await authority.people(connection, people), await authority.revoked(connection, now), staff=staff)
    for ban in await authority.bans_in_force(connection, now):
        known.bans.setdefault(ban.subject, []).append(ban)
        if ban.address is not None:
            known.addresses.setdefault(ban.address, []).append(ban)
    return known
