"""What decides who may do what: revocations, bans, and the stamp that tells when any of it changed."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db.engine import writing
from controlplane.db.tables import authority, bans, identities, members, revocations, stations, users


@dataclass(frozen=True, slots=True)
class Ban:
    """Who may not come back; `slug` is empty for the whole platform, `until` None for good.

    `rank` is how powerful who made it was: nobody less may lift it.
    """

    id: str
    subject: str
    name: str
    address: str | None
    slug: str | None
    reason: str
    made_by: str
    rank: int
    created_at: int
    until: int | None


@dataclass(frozen=True, slots=True)
class Heir:
    """The user that a guest has become, and the session that began with it."""

    user_id: str
    session: str


@dataclass(frozen=True, slots=True)
class Person:
    """A user, with the roles that the database gives now. `tokens_from` is unix seconds."""

    id: str
    name: str
    role: str
    tokens_from: int
    at: dict[str, str]


@asynccontextmanager
async def changing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection whose work changes who may do what; every daemon looks again within a second or two."""
    async with writing(engine) as connection:
        # First, so that changes wait for one another: what one of them looked at is still so when it writes.
        await connection.execute(update(authority).values(stamp=authority.c.stamp + 1))
        yield connection


async def touch(connection: AsyncConnection) -> None:
    """Write the stamp as it is, which shows that the database takes writes."""
    await connection.execute(update(authority).values(stamp=authority.c.stamp))


async def stamp(connection: AsyncConnection) -> int:
    """Return the number that rises with every change."""
    return int((await connection.execute(select(authority.c.stamp))).scalar_one())


async def revoked(connection: AsyncConnection, now_ms: int) -> dict[str, Heir | None]:
    """Return what is revoked: sessions, and guests with the user that they became."""
    query = select(revocations).where(revocations.c.until > now_ms)
    return {
        row.what: Heir(row.heir, row.session) if row.heir is not None else None
        for row in await connection.execute(query)
    }


async def revoke(connection: AsyncConnection, what: Iterable[str], until: int, heir: Heir | None = None) -> None:
    """Let the tokens of sessions, or of a guest, hold no more."""
    user_id, session = (heir.user_id, heir.session) if heir is not None else (None, None)
    rows = [{"what": each, "until": until, "heir": user_id, "session": session} for each in what]
    if rows:
        await connection.execute(delete(revocations).where(revocations.c.what.in_([row["what"] for row in rows])))
        await connection.execute(insert(revocations), rows)


async def people(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, Person]:
    """Return those of the users that there are, by id."""
    wanted = list(ids)
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        columns = (users.c.id, users.c.name, users.c.role, users.c.tokens_from)
        for row in await connection.execute(select(*columns).where(users.c.id.in_(part))):
            found[row.id] = Person(row.id, row.name, row.role, row.tokens_from, {})
        query = select(members.c.user_id, members.c.role, stations.c.slug).join(
            stations, stations.c.id == members.c.station_id
        )
        for member in await connection.execute(query.where(members.c.user_id.in_(part))):
            found[member.user_id].at[member.slug] = member.role
    return found


async def staff_names(connection: AsyncConnection) -> list[str]:
    """List the names and logins of admins, and of those who have a role at a station."""
    query = select(users.c.name, users.c.login).where(
        or_(users.c.role == "admin", users.c.id.in_(select(members.c.user_id)))
    )
    return [name for row in await connection.execute(query) for name in row]


async def known_as(connection: AsyncConnection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return the users that other platforms' subjects are here, by issuer and subject."""
    wanted = list(keys)
    found: dict[tuple[str, str], str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(identities).where(tuple_(identities.c.issuer, identities.c.subject).in_(part))
        found |= {(row.issuer, row.subject): row.user_id for row in await connection.execute(query)}
    return found


async def know_as(connection: AsyncConnection, issuer: str, subject: str, user_id: str) -> None:
    """Remember who another platform's subject is here."""
    await connection.execute(insert(identities).values(issuer=issuer, subject=subject, user_id=user_id))


async def bans_in_force(connection: AsyncConnection, now_ms: int) -> list[Ban]:
    """List the bans in force, newest first."""
    columns = (
        bans.c.id,
        bans.c.subject,
        bans.c.name,
        bans.c.address,
        stations.c.slug,
        bans.c.reason,
        bans.c.made_by,
        bans.c.rank,
        bans.c.created_at,
        bans.c.until,
    )
    query = select(*columns).join(stations, stations.c.id == bans.c.station_id, isouter=True)
    query = query.where(or_(bans.c.until.is_(None), bans.c.until > now_ms)).order_by(bans.c.created_at.desc())
    return [Ban(*tuple(row)) for row in await connection.execute(query)]


async def ban(connection: AsyncConnection, made: Ban, station_id: str | None) -> None:
    """Send somebody away."""
    await connection.execute(
        insert(bans).values(
            id=made.id,
            subject=made.subject,
            name=made.name,
            address=made.address,
            station_id=station_id,
            reason=made.reason,
            made_by=made.made_by,
            rank=made.rank,
            created_at=made.created_at,
            until=made.until,
        )
    )


async def allow(connection: AsyncConnection, ban_id: str) -> None:
    """Let somebody come back."""
    await connection.execute(delete(bans).where(bans.c.id == ban_id))


async def tidy(connection: AsyncConnection, now_ms: int) -> None:
    """Forget what is over."""
    await connection.execute(delete(bans).where(bans.c.until <= now_ms))
    await connection.execute(delete(revocations).where(revocations.c.until <= now_ms))
