"""The audit log: each entry is written in the transaction that made the change."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import audit, stations
from controlplane.kernel.audit import AuditActor

MAX_TARGET_CHARS = 200


Detail = Mapping[str, str | int | None]
"""Further facts by name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `at` is unix milliseconds."""

    id: int
    at: int
    actor_id: str
    actor: str
    address: str
    action: str
    station: str | None
    target: str
    detail: dict[str, str | int]


async def note(
    connection: AsyncConnection,
    now_ms: int,
    by: AuditActor,
    action: str,
    target: str = "",
    *,
    station: str | None = None,
    detail: Detail | None = None,
) -> None:
    """Add an entry; `action` is `noun.verb`."""
    await connection.execute(
        insert(audit).values(
            at=now_ms,
            actor_id=by.id,
            actor_name=by.name,
            address=by.address,
            action=action,
            station=station,
            station_id=select(stations.c.id).where(stations.c.slug == station).scalar_subquery(),
            target=target[:MAX_TARGET_CHARS],
            detail=json.dumps(detail or {}, ensure_ascii=False),
        )
    )


async def newest(connection: AsyncConnection, limit: int, before: int | None, station: str | None) -> list[Entry]:
    """List entries, newest first, below entry `before`, of one station or of all."""
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(audit.c.id < before)
    if station is not None:
        query = query.where(
            audit.c.station_id == select(stations.c.id).where(stations.c.slug == station).scalar_subquery()
        )
    return [
        Entry(
            row.id,
            row.at,
            row.actor_id,
            row.actor_name,
            row.address,
            row.action,
            row.station,
            row.target,
            {name: value for name, value in json.loads(row.detail).items() if value is not None},
        )
        for row in await connection.execute(query)
    ]


async def delete_before(connection: AsyncConnection, before_ms: int) -> None:
    """Delete the entries from before a time."""
    await connection.execute(delete(audit).where(audit.c.at < before_ms))
