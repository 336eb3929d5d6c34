"""Where a daemon that stops leaves each station's order of events for the one that starts."""

from typing import Any

import orjson
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import handovers


async def leave(
    connection: AsyncConnection, station_id: str, epoch: str, seq: int, events: list[dict[str, Any]]
) -> None:
    """Leave a station's epoch, newest seq and history."""
    await connection.execute(delete(handovers).where(handovers.c.station_id == station_id))
    values = {"station_id": station_id, "epoch": epoch, "seq": seq, "events": orjson.dumps(events).decode()}
    await connection.execute(insert(handovers).values(values))


async def take(connection: AsyncConnection, station_id: str) -> tuple[str, int, list[dict[str, Any]]] | None:
    """Take what was left of a station, as (epoch, seq, events).

    It can be taken once: whoever starts after a crash must not give the same numbers to other events.
    """
    row = (await connection.execute(select(handovers).where(handovers.c.station_id == station_id))).one_or_none()
    if row is None:
        return None
    await connection.execute(delete(handovers).where(handovers.c.station_id == station_id))
    return row.epoch, row.seq, orjson.loads(row.events)
