"""Broadcasts and plays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import false, func, insert, literal, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.onair_tables import broadcasts, plays
from controlplane.db.tables import tracks

Kind = Literal["live", "upload", "autodj"]
Values = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class BroadcastRow:
    """A broadcast; times in unix milliseconds."""

    id: str
    kind: Kind
    title: str | None
    description: str | None
    show: str | None
    host: str | None
    art_url: str | None
    slot: str | None
    encoder_instance: str
    encoder_key_id: str
    encoder_host: str
    started_at: int


@dataclass(frozen=True, slots=True)
class PlayRow:
    """One play; times in unix milliseconds."""

    broadcast_id: str
    kind: Kind
    track_id: str
    play_id: str
    title: str
    artist: str
    album: str
    duration_ms: int
    show: str | None
    host: str | None
    posted: bool
    stand_in: bool
    started_at: int
    ended_at: int | None
    art: str = ""
    """SHA-256 of the picture of a track of the library; empty without one."""


_BROADCAST = (
    broadcasts.c.id,
    broadcasts.c.kind,
    broadcasts.c.title,
    broadcasts.c.description,
    broadcasts.c.show,
    broadcasts.c.host,
    broadcasts.c.art_url,
    broadcasts.c.slot,
    broadcasts.c.encoder_instance,
    broadcasts.c.encoder_key_id,
    broadcasts.c.encoder_host,
    broadcasts.c.started_at,
)
_PLAY = (
    plays.c.broadcast_id,
    plays.c.kind,
    plays.c.track_id,
    plays.c.play_id,
    plays.c.title,
    plays.c.artist,
    plays.c.album,
    plays.c.duration_ms,
    plays.c.show,
    plays.c.host,
    plays.c.posted,
    plays.c.stand_in,
    plays.c.started_at,
    plays.c.ended_at,
    func.coalesce(tracks.c.art, "").label("art"),
)
_WITH_TRACKS = plays.join(tracks, tracks.c.id == plays.c.track_id, isouter=True)


async def start(connection: AsyncConnection, values: Values) -> None:
    """Record that a broadcast began; a second time changes nothing."""
    known = await connection.execute(select(broadcasts.c.id).where(broadcasts.c.id == values["id"]))
    if known.first() is None:
        await connection.execute(insert(broadcasts).values(**values))


async def change(connection: AsyncConnection, broadcast_id: str, values: Values) -> None:
    """Record that a broadcast's encoder, show, host or end changed."""
    await connection.execute(update(broadcasts).where(broadcasts.c.id == broadcast_id).values(**values))


async def play(connection: AsyncConnection, station_id: str, values: Values) -> None:
    """Record what is heard from now on: a new play, or the same one with another show or host."""
    current = (
        await connection.execute(
            select(plays.c.id, plays.c.started_at, plays.c.track_id).where(
                plays.c.station_id == station_id, plays.c.ended_at.is_(None)
            )
        )
    ).first()
    if current is not None and (current.started_at, current.track_id) == (values["started_at"], values["track_id"]):
        await connection.execute(update(plays).where(plays.c.id == current.id).values(**values))
        return
    await end_play(connection, station_id, values["started_at"])
    await connection.execute(insert(plays).values(station_id=station_id, **values))


async def end_play(connection: AsyncConnection, station_id: str, at_ms: str | int | None) -> None:
    """Record the end of the current play."""
    await connection.execute(
        update(plays).where(plays.c.station_id == station_id, plays.c.ended_at.is_(None)).values(ended_at=at_ms)
    )


async def open_broadcasts(connection: AsyncConnection, station_id: str) -> list[BroadcastRow]:
    """List the broadcasts of a station that have not ended, oldest first."""
    query = (
        select(*_BROADCAST)
        .where(broadcasts.c.station_id == station_id, broadcasts.c.ended_at.is_(None))
        .order_by(broadcasts.c.started_at)
    )
    return [BroadcastRow(*tuple(row)) for row in await connection.execute(query)]


async def left_in_preview(connection: AsyncConnection, station_id: str) -> list[BroadcastRow]:
    """List the last live broadcast of each ingest mount, if somebody took it off air: its encoder may be connected."""
    newest = select(func.max(broadcasts.c.started_at)).where(
        broadcasts.c.station_id == station_id, broadcasts.c.kind == "live"
    )
    query = select(*_BROADCAST).where(
        broadcasts.c.station_id == station_id,
        broadcasts.c.started_at.in_(newest.group_by(broadcasts.c.slot)),
        broadcasts.c.reason.in_(("taken_off_air", "handover")),
    )
    return [BroadcastRow(*tuple(row)) for row in await connection.execute(query)]


async def history(
    connection: AsyncConnection, station_id: str, limit: int, *, stand_ins: bool = False
) -> list[PlayRow]:
    """List the newest plays of a station, newest first, with or without spells that had no title."""
    query = select(*_PLAY).select_from(_WITH_TRACKS).where(plays.c.station_id == station_id).limit(limit)
    if not stand_ins:
        query = query.where(plays.c.stand_in.is_(false()))
    newest_first = query.order_by(plays.c.started_at.desc(), plays.c.id.desc())
    return [PlayRow(**row) for row in (await connection.execute(newest_first)).mappings()]


async def titled_before(
    connection: AsyncConnection, station_id: str, limit: int, before: tuple[int, ...] | None
) -> list[tuple[tuple[int, int], PlayRow]]:
    """List plays of a station that had a title, with their places in the list, newest first, from below a place."""
    place = plays.c.started_at, plays.c.id
    query = select(plays.c.id, *_PLAY).select_from(_WITH_TRACKS)
    query = query.where(plays.c.station_id == station_id, plays.c.stand_in.is_(false()))
    if before is not None:
        query = query.where(tuple_(*place) < tuple_(*map(literal, before)))
    found = await connection.execute(query.order_by(*(column.desc() for column in place)).limit(limit))
    rows = [dict(row) for row in found.mappings()]
    return [((row["started_at"], row.pop("id")), PlayRow(**row)) for row in rows]
