"""The browsers that asked to be told of stations by Web Push."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.onair_tables import push_subscriptions as table


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's address at its push service, and the keys that only it can read with (RFC 8291), in base64url.

    `id` is the SHA-256 of the address.
    """

    id: str
    endpoint: str
    p256dh: str
    auth: str
    language: str


_FIELDS = (table.c.id, table.c.endpoint, table.c.p256dh, table.c.auth, table.c.language)


async def add(connection: AsyncConnection, station_id: str, subscription: Subscription, at_ms: int) -> None:
    """Add a browser, or take over its new keys."""
    values = {
        "endpoint": subscription.endpoint,
        "p256dh": subscription.p256dh,
        "auth": subscription.auth,
        "language": subscription.language,
    }
    known = update(table).where(table.c.station_id == station_id, table.c.id == subscription.id).values(**values)
    if not (await connection.execute(known)).rowcount:
        row = {"station_id": station_id, "id": subscription.id, "created_at": at_ms, **values}
        await connection.execute(insert(table).values(**row))


async def remove(connection: AsyncConnection, station_id: str, ids: Collection[str]) -> None:
    """Let browsers go; those that are not there are passed over."""
    await connection.execute(delete(table).where(table.c.station_id == station_id, table.c.id.in_(ids)))


async def count(connection: AsyncConnection, station_id: str) -> int:
    """Return how many browsers a station has."""
    query = select(func.count()).select_from(table).where(table.c.station_id == station_id)
    return int((await connection.execute(query)).scalar_one())


async def page(connection: AsyncConnection, station_id: str, after: str, limit: int) -> Sequence[Subscription]:
    """List a station's browsers by their ids, from after one on."""
    query = select(*_FIELDS).where(table.c.station_id == station_id, table.c.id > after)
    return [Subscription(*row) for row in await connection.execute(query.order_by(table.c.id).limit(limit))]
