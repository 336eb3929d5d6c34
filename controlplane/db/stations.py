"""Stations, their members and their stream keys."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.tables import bots, members, stations, stream_keys, users
from controlplane.kernel.errors import NotFound
from controlplane.kernel.stations import StationLink, StationRow


@dataclass(frozen=True, slots=True)
class StreamKey:
    """A stream key's record; the key itself is not kept. `role` is its holder's at the station now."""

    id: str
    slug: str
    user_id: str
    host: str
    login: str
    label: str
    sha256: str
    created_at: int
    revoked_at: int | None
    role: str | None
    locked_until: int | None = None
    last_used_at: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A user with a role at a station."""

    user_id: str
    login: str
    name: str
    role: str


_COLUMNS = (
    stations.c.id,
    stations.c.slug,
    stations.c.name,
    stations.c.description,
    stations.c.bitrate_kbps,
    stations.c.auto_live,
    stations.c.language,
    stations.c.timezone,
    stations.c.auto_stop,
    stations.c.dead_air_s,
    stations.c.art,
    stations.c.links,
)


async def everything(connection: AsyncConnection) -> list[StationRow]:
    """List the stations by slug."""
    return [_row(row) for row in await connection.execute(select(*_COLUMNS).order_by(stations.c.slug))]


async def by_slug(connection: AsyncConnection, slug: str) -> StationRow | None:
    """Find a station."""
    row = (await connection.execute(select(*_COLUMNS).where(stations.c.slug == slug))).first()
    return _row(row) if row else None


def _row(row: Sequence[Any]) -> StationRow:
    links = tuple(StationLink(**link) for link in orjson.loads(row[-1]))
    return replace(StationRow(*row[:-2]), art=row[-2], links=links)


async def require(connection: AsyncConnection, slug: str) -> StationRow:
    """Return a station; raise NotFound."""
    station = await by_slug(connection, slug)
    if station is None:
        raise NotFound(f"there is no station {slug[:40]!r}")
    return station


async def add(connection: AsyncConnection, station: StationRow, now_ms: int) -> None:
    """Add a station."""
    await connection.execute(
        insert(stations).values(
            id=station.id,
            slug=station.slug,
            name=station.name,
            description=station.description,
            bitrate_kbps=station.bitrate_kbps,
            auto_live=station.auto_live,
            language=station.language,
            timezone=station.timezone,
            created_at=now_ms,
        )
    )


async def change(connection: AsyncConnection, station: StationRow) -> None:
    """Write a station's settings."""
    await connection.execute(
        update(stations)
        .where(stations.c.id == station.id)
        .values(
            name=station.name,
            description=station.description,
            bitrate_kbps=station.bitrate_kbps,
            auto_live=station.auto_live,
            language=station.language,
            timezone=station.timezone,
            auto_stop=station.auto_stop,
            dead_air_s=station.dead_air_s,
            art=station.art,
            links=orjson.dumps(station.links).decode(),
        )
    )


async def owners(connection: AsyncConnection) -> list[tuple[str, str]]:
    """List the owners of all stations, as slug and name."""
    query = select(stations.c.slug, users.c.name).join(members, members.c.station_id == stations.c.id)
    query = query.join(users, users.c.id == members.c.user_id).where(members.c.role == "owner").order_by(users.c.name)
    return [(slug, name) for slug, name in await connection.execute(query)]


async def remove(connection: AsyncConnection, slug: str) -> bool:
    """Remove a station with its keys, members and history; say whether there was one."""
    return (await connection.execute(delete(stations).where(stations.c.slug == slug))).rowcount > 0


async def members_of(connection: AsyncConnection, station_id: str) -> list[Member]:
    """List the people who are a station's members."""
    query = select(users.c.id, users.c.login, users.c.name, members.c.role).join(
        members, members.c.user_id == users.c.id
    )
    people = members.c.station_id == station_id, users.c.id.not_in(select(bots.c.user_id))
    return [Member(*row) for row in await connection.execute(query.where(*people))]


async def set_member(connection: AsyncConnection, station_id: str, user_id: str, role: str) -> None:
    """Give a user a role at a station, in place of the one there was."""
    await remove_member(connection, station_id, user_id)
    await connection.execute(insert(members).values(station_id=station_id, user_id=user_id, role=role))


async def remove_member(connection: AsyncConnection, station_id: str, user_id: str) -> None:
    """Take a user's role at a station away."""
    await connection.execute(delete(members).where(members.c.station_id == station_id, members.c.user_id == user_id))


async def count_role(connection: AsyncConnection, station_id: str, role: str) -> int:
    """Return how many members of a station have a role."""
    query = select(func.count()).select_from(members)
    query = query.where(members.c.station_id == station_id, members.c.role == role)
    return int((await connection.execute(query)).scalar_one())


async def count_owned(connection: AsyncConnection, user_id: str) -> int:
    """Return how many stations a user owns."""
    query = select(func.count()).select_from(members)
    query = query.where(members.c.user_id == user_id, members.c.role == "owner")
    return int((await connection.execute(query)).scalar_one())


async def role_at(connection: AsyncConnection, station_id: str, user_id: str) -> str | None:
    """Return a user's role at a station."""
    query = select(members.c.role).where(members.c.station_id == station_id, members.c.user_id == user_id)
    return (await connection.execute(query)).scalar()


async def owner(connection: AsyncConnection, station_id: str) -> str | None:
    """Return the login of a station's owner."""
    query = select(users.c.login).join(members, members.c.user_id == users.c.id).limit(1)
    found = await connection.execute(query.where(members.c.station_id == station_id, members.c.role == "owner"))
    return found.scalar()


async def add_key(connection: AsyncConnection, station_id: str, key: StreamKey) -> None:
    """Add a stream key by the hash of it."""
    await connection.execute(
        insert(stream_keys).values(
            id=key.id,
            station_id=station_id,
            user_id=key.user_id,
            label=key.label,
            sha256=key.sha256,
            created_at=key.created_at,
        )
    )


_KEYS = (
    select(
        stream_keys.c.id,
        stations.c.slug,
        users.c.id,
        users.c.name,
        users.c.login,
        stream_keys.c.label,
        stream_keys.c.sha256,
        stream_keys.c.created_at,
        stream_keys.c.revoked_at,
        members.c.role,
        stream_keys.c.locked_until,
        stream_keys.c.last_used_at,
    )
    .join(stations, stations.c.id == stream_keys.c.station_id)
    .join(users, users.c.id == stream_keys.c.user_id)
    .join(members, (members.c.user_id == users.c.id) & (members.c.station_id == stations.c.id), isouter=True)
    .order_by(stream_keys.c.created_at)
)


async def keys(connection: AsyncConnection, slug: str | None = None) -> list[StreamKey]:
    """List stream keys, of one station or of all, oldest first."""
    query = _KEYS if slug is None else _KEYS.where(stations.c.slug == slug)
    return [StreamKey(*tuple(row)) for row in await connection.execute(query)]


async def key(connection: AsyncConnection, key_id: str) -> StreamKey | None:
    """Find a stream key by its id."""
    found = (await connection.execute(_KEYS.where(stream_keys.c.id == key_id))).first()
    return StreamKey(*tuple(found)) if found is not None else None


async def use_key(connection: AsyncConnection, key_id: str, at_ms: int) -> None:
    """Record that an encoder came in with a key."""
    await connection.execute(update(stream_keys).where(stream_keys.c.id == key_id).values(last_used_at=at_ms))


async def lock_key(connection: AsyncConnection, key_id: str, until_ms: int | None) -> None:
    """Have a key open nothing until a time, or open again."""
    await connection.execute(update(stream_keys).where(stream_keys.c.id == key_id).values(locked_until=until_ms))


async def revoke_key(connection: AsyncConnection, key_id: str, now_ms: int) -> bool:
    """Revoke a key; say whether it was in force."""
    query = update(stream_keys).where(stream_keys.c.id == key_id, stream_keys.c.revoked_at.is_(None))
    return (await connection.execute(query.values(revoked_at=now_ms))).rowcount > 0
