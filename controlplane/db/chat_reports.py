"""Reports of messages by listeners."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import chat_messages as messages
from controlplane.db.chat_tables import chat_reports as table
from controlplane.db.engine import insert_into


@dataclass(frozen=True, slots=True)
class Reported:
    """A message by its id, how many have reported it, and why."""

    message_id: str
    count: int
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """A person's report of a message; `at` in unix milliseconds."""

    message_id: str
    user_id: str
    station_id: str
    reason: str
    at: int


async def add(connection: AsyncConnection, report: Report) -> bool:
    """Add a report; return False if the person has reported the message before."""
    values = {name: getattr(report, name) for name in Report.__slots__}
    statement = insert_into(connection, table).values(**values).on_conflict_do_nothing().returning(table.c.message_id)
    return (await connection.execute(statement)).first() is not None


async def waiting(connection: AsyncConnection, station_id: str, limit: int) -> list[Reported]:
    """List a station's reported messages that are shown and not settled, the most reported first."""
    number = func.count()
    query = (
        select(table.c.message_id, number)
        .join(messages, messages.c.id == table.c.message_id)
        .where(table.c.station_id == station_id, ~table.c.settled, messages.c.state == "shown")
        .group_by(table.c.message_id)
        .order_by(number.desc(), func.min(table.c.at))
        .limit(limit)
    )
    counts = {row[0]: int(row[1]) for row in await connection.execute(query)}
    reasons: dict[str, list[str]] = {message_id: [] for message_id in counts}
    given = select(table.c.message_id, table.c.reason).where(table.c.message_id.in_(counts), table.c.reason != "")
    for message_id, reason in await connection.execute(given.order_by(table.c.at)):
        reasons[message_id].append(reason)
    return [Reported(message_id, count, reasons[message_id][:10]) for message_id, count in counts.items()]


async def settle(connection: AsyncConnection, message_id: str, *, settled: bool) -> int:
    """Settle the reports of a message, or open them again; return how many there are."""
    changed = update(table).where(table.c.message_id == message_id).values(settled=settled)
    return (await connection.execute(changed)).rowcount
