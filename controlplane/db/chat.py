"""Messages of chats, and the chats' settings."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import chat_messages as table
from controlplane.db.chat_tables import chat_settings as settings
from controlplane.db.engine import insert_into
from controlplane.db.personal import Facts, facts
from controlplane.db.tables import stations
from controlplane.kernel.chat import ChatMode, MessageState

UNPUBLISHED = ""
"""The epoch of what was not published yet."""


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A message; times in unix milliseconds. `epoch` is empty and `seq` 0 until it was published.

    `position` is where in the stream its author was, as JSON; None if that is not known.
    """

    id: str
    station_id: str
    user_id: str
    client_id: str
    name: str
    role: str
    text: str
    reply_to: str | None
    announcement: bool
    state: MessageState
    edited: bool
    written_at: int
    at: int
    epoch: str = UNPUBLISHED
    seq: int = 0
    position: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """The author and the client_id: equal each time the message is sent."""
        return self.user_id, self.client_id


@dataclass(frozen=True, slots=True)
class Published:
    """Where in its log a message was published."""

    id: str
    epoch: str
    seq: int
    at: int


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """A station's mode, its pinned message by id, and for how many days messages are kept."""

    mode: ChatMode = field(default_factory=ChatMode)
    pinned_id: str | None = None
    keep_days: int = 90
    before_raid: str = ""
    """The mode before the raid, as JSON."""
    words: tuple[str, ...] = ()
    """Words of messages that wait for a moderator."""
    public: bool = True
    """Whether event streams have the chat."""


_COLUMNS = tuple(table.c[name] for name in MessageRow.__slots__)
_PLACE = table.c.at, table.c.seq, table.c.id


async def add(connection: AsyncConnection, rows: Sequence[MessageRow]) -> list[MessageRow]:
    """Add messages; return them as they are now: one that was there already is as it was then."""
    values = [{name: getattr(row, name) for name in MessageRow.__slots__} for row in rows]
    statement = insert_into(connection, table).on_conflict_do_nothing(index_elements=["user_id", "client_id"])
    # As parameters: a statement that has the values in it is compiled anew each time.
    added = {*(await connection.execute(statement.returning(table.c.id), values)).scalars()}
    known = [row.key for row in rows if row.id not in added]
    before = await by_keys(connection, known) if known else {}
    return [row if row.id in added else before[row.key] for row in rows]


async def by_keys(connection: AsyncConnection, keys: Collection[tuple[str, str]]) -> dict[tuple[str, str], MessageRow]:
    """Return those of the messages that there are, by author and client_id."""
    query = select(*_COLUMNS).where(tuple_(table.c.user_id, table.c.client_id).in_([*keys]))
    return {row.key: row for row in await _rows(connection, query)}


async def mark_published(connection: AsyncConnection, published: Collection[Published]) -> None:
    """Write down where messages were published."""
    statement = update(table).where(table.c.id == bindparam("message"))
    await connection.execute(
        statement.values(epoch=bindparam("in_epoch"), seq=bindparam("as_seq"), at=bindparam("shown_at")),
        [{"message": each.id, "in_epoch": each.epoch, "as_seq": each.seq, "shown_at": each.at} for each in published],
    )


async def unpublished(connection: AsyncConnection, since_ms: int, until_ms: int) -> list[MessageRow]:
    """List messages that were committed in some time and not published, in the order in which they were written."""
    shown = table.c.epoch == UNPUBLISHED, table.c.state == "shown", table.c.at >= since_ms, table.c.at < until_ms
    return await _rows(connection, select(*_COLUMNS).where(*shown).order_by(*_PLACE))


async def newest(connection: AsyncConnection, station_id: str, limit: int) -> list[MessageRow]:
    """List a station's newest messages that are shown, the oldest of them first."""
    query = _shown(station_id).order_by(*(column.desc() for column in _PLACE)).limit(limit)
    return (await _rows(connection, query))[::-1]


async def before(
    connection: AsyncConnection, station_id: str, place: MessageRow | None, limit: int
) -> list[MessageRow]:
    """List a station's messages before one of them, the newest first."""
    query = _shown(station_id)
    if place is not None:
        query = query.where(tuple_(*_PLACE) < _at(place))
    return await _rows(connection, query.order_by(*(column.desc() for column in _PLACE)).limit(limit))


async def after(connection: AsyncConnection, station_id: str, place: MessageRow, limit: int) -> list[MessageRow]:
    """List a station's messages after one of them, the oldest first."""
    query = _shown(station_id).where(tuple_(*_PLACE) > _at(place))
    return await _rows(connection, query.order_by(*_PLACE).limit(limit))


async def held(connection: AsyncConnection, station_id: str, limit: int) -> list[MessageRow]:
    """List a station's messages that wait for a moderator, the oldest first."""
    query = select(*_COLUMNS).where(table.c.state == "held", table.c.station_id == station_id)
    return await _rows(connection, query.order_by(table.c.written_at, table.c.id).limit(limit))


async def find(connection: AsyncConnection, station_id: str, message_id: str) -> MessageRow | None:
    """Return a message of a station, in whatever state it is."""
    query = select(*_COLUMNS).where(table.c.id == message_id, table.c.station_id == station_id)
    return next(iter(await _rows(connection, query)), None)


async def by_ids(connection: AsyncConnection, ids: Collection[str]) -> dict[str, MessageRow]:
    """Return those of the messages that there are, by id."""
    return {row.id: row for row in await _rows(connection, select(*_COLUMNS).where(table.c.id.in_(ids)))}


async def of_person(
    connection: AsyncConnection, station_id: str, user_id: str, state: MessageState, limit: int
) -> list[MessageRow]:
    """List somebody's messages at a station that are in a state, the newest first."""
    own = table.c.station_id == station_id, table.c.user_id == user_id, table.c.state == state
    return await _rows(connection, select(*_COLUMNS).where(*own).order_by(table.c.at.desc()).limit(limit))


async def counts_of_person(connection: AsyncConnection, station_id: str, user_id: str) -> dict[str, int]:
    """Return how many messages somebody has at a station, by state."""
    own = table.c.station_id == station_id, table.c.user_id == user_id
    query = select(table.c.state, func.count()).where(*own).group_by(table.c.state)
    return {row[0]: int(row[1]) for row in await connection.execute(query)}


async def ids_of(connection: AsyncConnection, user_id: str, state: MessageState) -> dict[str, list[str]]:
    """Return the ids of somebody's messages that are in a state, by station."""
    query = select(table.c.station_id, table.c.id).where(table.c.user_id == user_id, table.c.state == state)
    found: dict[str, list[str]] = {}
    for station_id, message_id in await connection.execute(query.order_by(*_PLACE)):
        found.setdefault(station_id, []).append(message_id)
    return found


async def facts_of_person(connection: AsyncConnection, user_id: str) -> Facts:
    """Return somebody's messages, in whatever state they are, as facts."""
    own = table.c
    columns = own.written_at, own.name, own.text, own.state, own.edited, own.position, stations.c.slug.label("station")
    query = select(*columns).join(stations, stations.c.id == own.station_id).where(own.user_id == user_id)
    return await facts(connection, query.order_by(own.written_at, own.id))


async def has_written(connection: AsyncConnection, station_id: str, user_id: str) -> bool:
    """Say whether a message of somebody is shown at a station."""
    own = table.c.station_id == station_id, table.c.user_id == user_id, table.c.state == "shown"
    return (await connection.execute(select(table.c.id).where(*own).limit(1))).first() is not None


async def change(
    connection: AsyncConnection, ids: Collection[str], state: MessageState, values: Mapping[str, Any]
) -> list[str]:
    """Change those of the messages that are in a state; return their ids."""
    wanted = table.c.id.in_([*ids]), table.c.state == state
    return [*(await connection.execute(update(table).where(*wanted).values(**values).returning(table.c.id))).scalars()]


async def delete_old(connection: AsyncConnection, station_id: str, before_ms: int) -> None:
    """Delete a station's messages from before a time."""
    await connection.execute(delete(table).where(table.c.station_id == station_id, table.c.at < before_ms))


async def settings_of(connection: AsyncConnection, station_id: str) -> ChatSettings:
    """Return a station's settings."""
    row = (await connection.execute(select(settings).where(settings.c.station_id == station_id))).one_or_none()
    if row is None:
        return ChatSettings()
    mode = ChatMode(row.slow_s, row.who, row.links, row.off_air, row.hold_new, row.raid_until)
    return ChatSettings(mode, row.pinned_id, row.keep_days, row.before_raid, tuple(json.loads(row.words)), row.public)


async def raids_over(connection: AsyncConnection, now_ms: int) -> list[str]:
    """List the stations, by id, whose time against a raid is over."""
    query = select(settings.c.station_id).where(settings.c.raid_until <= now_ms)
    return [*(await connection.execute(query)).scalars()]


async def set_settings(connection: AsyncConnection, station_id: str, values: Mapping[str, Any]) -> None:
    """Change some of a station's settings."""
    changed = await connection.execute(update(settings).where(settings.c.station_id == station_id).values(**values))
    if not changed.rowcount:
        await connection.execute(insert(settings).values(station_id=station_id, **values))


def _at(row: MessageRow) -> ColumnElement[Any]:
    return tuple_(literal(row.at), literal(row.seq), literal(row.id))


def _shown(station_id: str) -> Select[Any]:
    return select(*_COLUMNS).where(table.c.station_id == station_id, table.c.state == "shown")


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[MessageRow]:
    return [MessageRow(*row) for row in await connection.execute(query)]
