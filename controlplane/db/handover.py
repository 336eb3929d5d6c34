"""Handovers: a daemon that stops leaves each station's logs for the one that starts.

One row a log, owned by the daemon that runs the station. A daemon that starts after a crash, or beside one that is
still running, must not give the same numbers to other events: it finds nothing to take over. What a daemon leaves that
is no longer the owner is not found either.
"""

from typing import Any

import orjson
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.onair_tables import handovers

NO_OWNER = ""

Events = list[dict[str, Any]]


async def take(
    connection: AsyncConnection, log: tuple[str, str], owner: str, since_ms: int
) -> tuple[str, int, Events] | None:
    """Own a log, by its station and kind, from now on; return what was left of it since a time: epoch, seq, events."""
    station_id, kind = log
    own = handovers.c.station_id == station_id, handovers.c.log == kind
    query = select(handovers).where(*own, handovers.c.owner == NO_OWNER, handovers.c.left_at >= since_ms)
    row = (await connection.execute(query)).one_or_none()
    await connection.execute(delete(handovers).where(*own))
    owned = {"owner": owner, "epoch": "", "seq": 0, "events": "[]", "left_at": 0}
    await connection.execute(insert(handovers).values(station_id=station_id, log=kind, **owned))
    return None if row is None else (row.epoch, row.seq, orjson.loads(row.events))


async def leave(
    connection: AsyncConnection, log: tuple[str, str], owner: str, now_ms: int, left: tuple[str, int, Events]
) -> None:
    """Leave a log's epoch, newest seq and history to the next owner, if we still own it."""
    (station_id, kind), (epoch, seq, events) = log, left
    values = {"owner": NO_OWNER, "epoch": epoch, "seq": seq, "events": orjson.dumps(events).decode(), "left_at": now_ms}
    where = handovers.c.station_id == station_id, handovers.c.log == kind, handovers.c.owner == owner
    await connection.execute(update(handovers).where(*where).values(values))
