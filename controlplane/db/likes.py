"""Likes: once a person and target."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import likes as table
from controlplane.db.engine import insert_into
from controlplane.db.onair_tables import broadcasts, plays
from controlplane.db.personal import Facts, facts
from controlplane.db.tables import stations


@dataclass(frozen=True, slots=True)
class Target:
    """A thing that can be liked, by station, kind and id."""

    station_id: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Like:
    """A person's like of a thing."""

    target: Target
    user_id: str
    position: str | None = field(default=None, compare=False)
    """Where in the stream the person was, as JSON; None if that is not known."""


@dataclass(frozen=True, slots=True)
class Loved:
    """A play and by how many it is liked; `started_at` in unix milliseconds."""

    play_id: str
    title: str
    artist: str
    started_at: int
    likes: int


_TARGET = table.c.station_id, table.c.kind, table.c.target
_KEY = (*_TARGET, table.c.user_id)


async def add(connection: AsyncConnection, likes: Sequence[Like], now_ms: int) -> list[Like]:
    """Add likes; return those that were not there."""
    values = [_values(like) | {"at": now_ms} for like in likes]
    statement = insert_into(connection, table).on_conflict_do_nothing().returning(*_KEY)
    return [Like(Target(*row[:3]), row[3]) for row in await connection.execute(statement, values)]


async def remove(connection: AsyncConnection, likes: Collection[Like]) -> list[Like]:
    """Take likes back; return those that were there."""
    keys = [tuple(_values(like)[column.name] for column in _KEY) for like in likes]
    statement = delete(table).where(tuple_(*_KEY).in_(keys)).returning(*_KEY)
    return [Like(Target(*row[:3]), row[3]) for row in await connection.execute(statement)]


async def counts(connection: AsyncConnection, targets: Collection[Target]) -> dict[Target, int]:
    """Return by how many each target is liked."""
    keys = [(target.station_id, target.kind, target.id) for target in targets]
    query = select(*_TARGET, func.count()).where(tuple_(*_TARGET).in_(keys)).group_by(*_TARGET)
    found = {Target(*row[:3]): int(row[3]) for row in await connection.execute(query)}
    return {target: found.get(target, 0) for target in targets}


async def recent(connection: AsyncConnection, station_id: str, limit: int) -> dict[Target, int]:
    """Return the counts of those of a station's newest plays that are liked."""
    newest = select(plays.c.play_id).where(plays.c.station_id == station_id).order_by(plays.c.started_at.desc())
    own = table.c.station_id == station_id, table.c.kind == "play", table.c.target.in_(newest.limit(limit))
    query = select(*_TARGET, func.count()).where(*own).group_by(*_TARGET)
    return {Target(*row[:3]): int(row[3]) for row in await connection.execute(query)}


async def exists(connection: AsyncConnection, target: Target) -> bool:
    """Say whether a station has such a play or broadcast."""
    query = {
        "play": select(plays.c.id).where(plays.c.station_id == target.station_id, plays.c.play_id == target.id),
        "show": select(broadcasts.c.id).where(
            broadcasts.c.station_id == target.station_id, broadcasts.c.id == target.id
        ),
    }[target.kind]
    return (await connection.execute(query.limit(1))).first() is not None


async def loved(connection: AsyncConnection, station_id: str, since_ms: int, limit: int) -> list[Loved]:
    """List a station's most liked plays since a time, the most liked first."""
    number = func.count(table.c.user_id)
    query = (
        select(plays.c.play_id, plays.c.title, plays.c.artist, func.min(plays.c.started_at), number)
        .join(
            table,
            (table.c.station_id == plays.c.station_id) & (table.c.kind == "play") & (table.c.target == plays.c.play_id),
        )
        .where(plays.c.station_id == station_id, plays.c.started_at >= since_ms, plays.c.play_id != "")
        .group_by(plays.c.play_id, plays.c.title, plays.c.artist)
        .order_by(number.desc(), func.min(plays.c.started_at).desc())
        .limit(limit)
    )
    return [Loved(row[0], row[1], row[2], int(row[3]), int(row[4])) for row in await connection.execute(query)]


async def of_person(connection: AsyncConnection, user_id: str) -> Facts:
    """Return somebody's likes as facts."""
    columns = stations.c.slug.label("station"), table.c.kind, table.c.target, table.c.at, table.c.position
    query = select(*columns).join(stations, stations.c.id == table.c.station_id).where(table.c.user_id == user_id)
    return await facts(connection, query.order_by(table.c.at))


async def remove_all(connection: AsyncConnection, user_id: str) -> list[Target]:
    """Delete somebody's likes; return what they were of."""
    statement = delete(table).where(table.c.user_id == user_id).returning(*_TARGET)
    return [Target(*row) for row in await connection.execute(statement)]


def _values(like: Like) -> dict[str, str | None]:
    target = like.target
    return {
        "station_id": target.station_id,
        "kind": target.kind,
        "target": target.id,
        "user_id": like.user_id,
        "position": like.position,
    }
