"""Bots: users without a password, each with a key and a role at one station."""

from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import bots as table
from controlplane.db.tables import members, users


@dataclass(frozen=True, slots=True)
class BotRow:
    """A bot at a station; times in unix milliseconds. `role` is None once it was taken away."""

    id: str
    name: str
    role: str | None
    made_by: str
    created_at: int
    used_at: int | None


_IN_STATION = (members.c.user_id == table.c.user_id) & (members.c.station_id == table.c.station_id)
_JOINED = table.join(users, users.c.id == table.c.user_id).join(members, _IN_STATION, isouter=True)
_COLUMNS = users.c.id, users.c.name, members.c.role, table.c.made_by, users.c.created_at, table.c.used_at


async def add(connection: AsyncConnection, bot: BotRow, station_id: str, sha256: str) -> None:
    """Add a bot, whose user and member there are already."""
    values = {"user_id": bot.id, "station_id": station_id, "sha256": sha256, "made_by": bot.made_by}
    await connection.execute(insert(table).values(**values))


async def at_station(connection: AsyncConnection, station_id: str) -> list[BotRow]:
    """List a station's bots, the newest first."""
    query = select(*_COLUMNS).select_from(_JOINED).where(table.c.station_id == station_id)
    return [BotRow(*row) for row in await connection.execute(query.order_by(users.c.created_at.desc(), users.c.id))]


async def use(connection: AsyncConnection, sha256: str, now_ms: int) -> str | None:
    """Return the user id of the bot with a key, and note that it was used."""
    used = update(table).where(table.c.sha256 == sha256).values(used_at=now_ms).returning(table.c.user_id)
    found: str | None = (await connection.execute(used)).scalar_one_or_none()
    return found


async def remove(connection: AsyncConnection, station_id: str, user_id: str) -> str | None:
    """Delete a bot with its user; return its name, None if the station has no such bot."""
    own = select(table.c.user_id).where(table.c.station_id == station_id, table.c.user_id == user_id)
    gone = delete(users).where(users.c.id.in_(own)).returning(users.c.name)
    name: str | None = (await connection.execute(gone)).scalar_one_or_none()
    return name


async def remove_all(connection: AsyncConnection, station_id: str) -> None:
    """Delete the bots of a station with their users."""
    own = select(table.c.user_id).where(table.c.station_id == station_id)
    await connection.execute(delete(users).where(users.c.id.in_(own)))


async def is_bot(connection: AsyncConnection, user_id: str) -> bool:
    """Say whether a user is a bot."""
    return (await connection.execute(select(table.c.user_id).where(table.c.user_id == user_id))).first() is not None
