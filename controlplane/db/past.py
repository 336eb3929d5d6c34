"""Past broadcasts: how many listened, and what went wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import and_, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.onair import Kind
from controlplane.db.onair_tables import broadcasts, incidents, listening


@dataclass(frozen=True, slots=True)
class PastBroadcast:
    """A broadcast with its audience; times in unix milliseconds. It has not ended where `ended_at` is None."""

    id: str
    kind: Kind
    title: str | None
    show: str | None
    host: str | None
    started_at: int
    ended_at: int | None
    reason: str | None
    peak: int | None
    listener_minutes: int | None


@dataclass(frozen=True, slots=True)
class Minute:
    """How many listened in a minute that began at `at` (unix milliseconds): at its end, and at most."""

    at: int
    listeners: int
    peak: int


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that went wrong, in unix milliseconds; `address` is that of the encoder that it is about."""

    at: int
    kind: str
    message: str
    address: str | None


MINUTE_MS = 60_000
_heard = and_(
    listening.c.station_id == broadcasts.c.station_id,
    # The minute in which a broadcast begins is one of it.
    listening.c.at > broadcasts.c.started_at - MINUTE_MS,
    listening.c.at < func.coalesce(broadcasts.c.ended_at, 2**62),
)
_PAST = (
    broadcasts.c.id,
    broadcasts.c.kind,
    broadcasts.c.title,
    broadcasts.c.show,
    broadcasts.c.host,
    broadcasts.c.started_at,
    broadcasts.c.ended_at,
    broadcasts.c.reason,
    select(func.coalesce(func.max(listening.c.peak), 0)).where(_heard).scalar_subquery().label("peak"),
    select(func.coalesce(func.sum(listening.c.listeners), 0)).where(_heard).scalar_subquery().label("listener_minutes"),
)


async def before(
    connection: AsyncConnection, station_id: str, limit: int, place: tuple[int, ...] | None
) -> list[PastBroadcast]:
    """List a station's live and upload broadcasts, newest first, from below the one that began at a time."""
    query = select(*_PAST).where(broadcasts.c.station_id == station_id, broadcasts.c.kind != "autodj")
    if place is not None:
        query = query.where(broadcasts.c.started_at < place[0])
    rows = await connection.execute(query.order_by(broadcasts.c.started_at.desc()).limit(limit))
    return [_past(row) for row in rows.mappings()]


async def by_id(connection: AsyncConnection, station_id: str, broadcast_id: str) -> PastBroadcast | None:
    """Find a broadcast of a station."""
    query = select(*_PAST).where(broadcasts.c.station_id == station_id, broadcasts.c.id == broadcast_id)
    row = (await connection.execute(query)).mappings().first()
    return _past(row) if row is not None else None


def _past(row: Mapping[Any, Any]) -> PastBroadcast:
    values = dict(row)
    # PostgreSQL's sums are decimals.
    values["listener_minutes"] = int(values["listener_minutes"])
    return PastBroadcast(**values)


async def minutes(connection: AsyncConnection, station_id: str, since: int, until: int) -> list[Minute]:
    """Return the minutes in which somebody listened, from one time to another, oldest first."""
    columns = listening.c.at, listening.c.listeners, listening.c.peak
    query = select(*columns).where(listening.c.station_id == station_id, listening.c.at.between(since, until))
    return [Minute(*row) for row in await connection.execute(query.order_by(listening.c.at))]


async def note_minute(connection: AsyncConnection, at: int, heard: Mapping[str, tuple[int, int]]) -> None:
    """Write how many listened in a minute, by station: at its end, and at most. A second time counts on."""
    query = select(listening.c.station_id, listening.c.peak).where(listening.c.at == at)
    known = {each.station_id: each.peak for each in await connection.execute(query)}
    await connection.execute(delete(listening).where(listening.c.at == at, listening.c.station_id.in_(heard)))
    rows = [
        {"station_id": station_id, "at": at, "listeners": count, "peak": max(peak, known.get(station_id, 0))}
        for station_id, (count, peak) in heard.items()
    ]
    await connection.execute(insert(listening), rows)


async def note_incident(connection: AsyncConnection, station_id: str, incident: Incident) -> None:
    """Write down something that went wrong."""
    await connection.execute(insert(incidents).values(station_id=station_id, **asdict(incident)))


async def incidents_between(connection: AsyncConnection, station_id: str, since: int, until: int) -> list[Incident]:
    """Return what went wrong from one time to another, oldest first."""
    columns = incidents.c.at, incidents.c.kind, incidents.c.message, incidents.c.address
    query = select(*columns).where(incidents.c.station_id == station_id, incidents.c.at.between(since, until))
    return [Incident(*row) for row in await connection.execute(query.order_by(incidents.c.at).limit(200))]


async def delete_before(connection: AsyncConnection, at: int) -> None:
    """Delete what is older than a time."""
    await connection.execute(delete(listening).where(listening.c.at < at))
    await connection.execute(delete(incidents).where(incidents.c.at < at))
