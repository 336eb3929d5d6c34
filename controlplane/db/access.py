"""Access: revocations, bans, and the version that rises with every change of them."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db.engine import writing
from controlplane.db.tables import access_version, bans, bots, identities, members, revocations, stations, users

SanctionKind = Literal["ban", "timeout"]


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban of a user or guest, or a timeout, which keeps them from writing in a chat only.

    `slug` is None for the whole platform, `until` None for good, in unix milliseconds.
    `rank` is that of the moderator who made it: nobody with less power may lift it.
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
    kind: SanctionKind = "ban"


@dataclass(frozen=True, slots=True)
class GuestUpgrade:
    """The user that a guest has become, and the session that began with it."""

    user_id: str
    session: str


@dataclass(frozen=True, slots=True)
class UserAccess:
    """A user, with the roles that the database gives now. `tokens_from` is unix seconds, `only_at` a bot's station."""

    id: str
    name: str
    role: str
    tokens_from: int
    at: dict[str, str]
    only_at: str | None = None


@asynccontextmanager
async def changing(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Give a connection whose work changes access; every daemon reads it again within a second or two."""
    async with writing(engine) as connection:
        # First, so that changes wait for one another: what one of them looked at is still so when it writes.
        await connection.execute(update(access_version).values(version=access_version.c.version + 1))
        yield connection


async def probe_write(connection: AsyncConnection) -> None:
    """Write the version as it is, which shows that the database takes writes."""
    await connection.execute(update(access_version).values(version=access_version.c.version))


async def version(connection: AsyncConnection) -> int:
    """Return the number that rises with every change."""
    return int((await connection.execute(select(access_version.c.version))).scalar_one())


async def revoked(connection: AsyncConnection, now_ms: int) -> dict[str, GuestUpgrade | None]:
    """Return the revoked sessions, and the revoked guests with the user that they became."""
    query = select(revocations).where(revocations.c.until > now_ms)
    return {
        row.subject: GuestUpgrade(row.user_id, row.session) if row.user_id is not None else None
        for row in await connection.execute(query)
    }


async def revoke(
    connection: AsyncConnection, subjects: Iterable[str], until: int, upgrade: GuestUpgrade | None = None
) -> None:
    """Revoke the tokens of sessions, or of a guest."""
    user_id, session = (upgrade.user_id, upgrade.session) if upgrade is not None else (None, None)
    rows = [{"subject": each, "until": until, "user_id": user_id, "session": session} for each in subjects]
    if rows:
        await connection.execute(delete(revocations).where(revocations.c.subject.in_([row["subject"] for row in rows])))
        await connection.execute(insert(revocations), rows)


async def users_access(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, UserAccess]:
    """Return those of the users that there are, by id."""
    wanted, bot_stations = list(ids), stations.alias()
    found: dict[str, UserAccess] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        columns = (users.c.id, users.c.name, users.c.role, users.c.tokens_from, bot_stations.c.slug)
        known = users.outerjoin(bots, bots.c.user_id == users.c.id).outerjoin(
            bot_stations, bot_stations.c.id == bots.c.station_id
        )
        for row in await connection.execute(select(*columns).select_from(known).where(users.c.id.in_(part))):
            found[row.id] = UserAccess(row.id, row.name, row.role, row.tokens_from, {}, row.slug)
        query = select(members.c.user_id, members.c.role, stations.c.slug).join(
            stations, stations.c.id == members.c.station_id
        )
        for member in await connection.execute(query.where(members.c.user_id.in_(part))):
            found[member.user_id].at[member.slug] = member.role
    return found


async def staff_names(connection: AsyncConnection) -> list[str]:
    """List the names and logins of admins, and of the people who have a role at a station."""
    query = select(users.c.name, users.c.login).where(
        or_(users.c.role == "admin", users.c.id.in_(select(members.c.user_id))),
        users.c.id.not_in(select(bots.c.user_id)),
    )
    return [name for row in await connection.execute(query) for name in row]


async def identities_of(connection: AsyncConnection, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return our users' ids of external subjects, by issuer and subject."""
    wanted = list(keys)
    found: dict[tuple[str, str], str] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        query = select(identities).where(tuple_(identities.c.issuer, identities.c.subject).in_(part))
        found |= {(row.issuer, row.subject): row.user_id for row in await connection.execute(query)}
    return found


async def add_identity(connection: AsyncConnection, issuer: str, subject: str, user_id: str) -> None:
    """Remember which of our users an external subject is."""
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
        bans.c.kind,
    )
    query = select(*columns).join(stations, stations.c.id == bans.c.station_id, isouter=True)
    query = query.where(or_(bans.c.until.is_(None), bans.c.until > now_ms)).order_by(bans.c.created_at.desc())
    return [Ban(*tuple(row)) for row in await connection.execute(query)]


async def ban(connection: AsyncConnection, made: Ban, station_id: str | None) -> None:
    """Add a ban."""
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
            kind=made.kind,
        )
    )


async def lift(connection: AsyncConnection, ban_id: str) -> None:
    """Lift a ban."""
    await connection.execute(delete(bans).where(bans.c.id == ban_id))


async def delete_expired(connection: AsyncConnection, now_ms: int) -> None:
    """Delete the bans and revocations that have expired."""
    await connection.execute(delete(bans).where(bans.c.until <= now_ms))
    await connection.execute(delete(revocations).where(revocations.c.until <= now_ms))
