"""Names in a station's chat, of which no two look alike."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import chat_messages as messages
from controlplane.db.chat_tables import chat_names as table
from controlplane.db.engine import insert_into
from controlplane.db.tables import members, users
from controlplane.kernel.permissions import STAFF


@dataclass(frozen=True, slots=True)
class NameRow:
    """A person's name in one chat; times in unix milliseconds. Names are compared by `name_key`."""

    station_id: str
    user_id: str
    own_name: str
    name: str
    name_key: str
    since: int
    used_at: int


async def of_person(connection: AsyncConnection, station_id: str, user_id: str) -> NameRow | None:
    """Return somebody's name in a station's chat."""
    query = select(table).where(table.c.station_id == station_id, table.c.user_id == user_id)
    row = (await connection.execute(query)).one_or_none()
    return NameRow(*row) if row is not None else None


async def called(connection: AsyncConnection, station_id: str, name_key: str) -> str | None:
    """Return the id of the person who has a name in a station's chat."""
    query = select(table.c.user_id).where(table.c.station_id == station_id, table.c.name_key == name_key)
    return (await connection.execute(query)).scalar_one_or_none()


async def take(connection: AsyncConnection, row: NameRow) -> bool:
    """Give somebody a name instead of the one before; return False if another person has one that looks like it."""
    own = table.c.station_id == row.station_id, table.c.user_id == row.user_id
    await connection.execute(delete(table).where(*own))
    values = {name: getattr(row, name) for name in NameRow.__slots__}
    statement = insert_into(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.user_id)
    return (await connection.execute(statement)).first() is not None


async def release(connection: AsyncConnection, station_id: str, name_key: str) -> None:
    """Take a name from the person who has it in a station's chat."""
    await connection.execute(delete(table).where(table.c.station_id == station_id, table.c.name_key == name_key))


async def delete_unused(connection: AsyncConnection, station_id: str, before_ms: int) -> None:
    """Free the names that were last used before a time and have no message any more."""
    own = messages.c.station_id == table.c.station_id, messages.c.user_id == table.c.user_id
    unused = table.c.station_id == station_id, table.c.used_at < before_ms, ~exists().where(*own)
    await connection.execute(delete(table).where(*unused))


async def staff_names(connection: AsyncConnection, station_id: str) -> Sequence[str]:
    """List the names of a station's staff, and of admins."""
    staff = select(members.c.user_id).where(members.c.station_id == station_id, members.c.role.in_(STAFF))
    query = select(users.c.name).where(or_(users.c.role == "admin", users.c.id.in_(staff)))
    return [*(await connection.execute(query)).scalars()]


async def touch(connection: AsyncConnection, station_id: str, user_id: str, at: int) -> None:
    """Note that a name was used."""
    own = table.c.station_id == station_id, table.c.user_id == user_id
    await connection.execute(update(table).where(*own).values(used_at=at))
