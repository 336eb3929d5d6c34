"""The tracks of stations, by their station's id."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, insert, literal, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.chat_tables import likes
from controlplane.db.onair_tables import plays
from controlplane.db.tables import fingerprints, libraries, stations, tracks, uploads
from controlplane.kernel.tracks import Listing, Sort, TrackRow, View

NEW_MS = 7 * 86_400_000
FINGERPRINTS_AT_ONCE = 500
NEWEST_FIRST = "added"
_LIKED = select(plays.c.track_id).join(
    likes,
    (likes.c.station_id == plays.c.station_id) & (likes.c.kind == "play") & (likes.c.target == plays.c.play_id),
)
_ORDERS: Mapping[Sort, tuple[ColumnElement[Any], ...]] = {
    "added": (tracks.c.added_at, tracks.c.id),
    "title": (tracks.c.title_key, tracks.c.id),
    "artist": (tracks.c.artist_key, tracks.c.title_key, tracks.c.id),
}

_FIELDS = tuple(field.name for field in fields(TrackRow))
TRACK_COLUMNS = tuple(tracks.c[name] for name in _FIELDS)


async def add(connection: AsyncConnection, track: TrackRow) -> None:
    """Add a track; the station must have none with the same contents."""
    await connection.execute(insert(tracks).values({name: getattr(track, name) for name in _FIELDS}))
    await touch(connection, track.station_id)


async def by_id(connection: AsyncConnection, station_id: str, track_id: str) -> TrackRow | None:
    """Find a track of a station."""
    return await _one(connection, tracks.c.station_id == station_id, tracks.c.id == track_id)


async def by_ids(connection: AsyncConnection, station_id: str, ids: Sequence[str]) -> list[TrackRow]:
    """Find tracks of a station, those that there are."""
    query = select(*TRACK_COLUMNS).where(tracks.c.station_id == station_id, tracks.c.id.in_(ids))
    return [TrackRow(*row) for row in await connection.execute(query)]


async def by_content(connection: AsyncConnection, station_id: str, sha256: str) -> TrackRow | None:
    """Find a station's track with these contents."""
    return await _one(connection, tracks.c.station_id == station_id, tracks.c.sha256 == sha256)


async def _one(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> TrackRow | None:
    row = (await connection.execute(select(*TRACK_COLUMNS).where(*conditions))).first()
    return TrackRow(*row) if row is not None else None


async def change(connection: AsyncConnection, track: TrackRow, values: Mapping[str, Any]) -> None:
    """Change some columns of a track, if it is still there."""
    if values:
        await connection.execute(update(tracks).where(tracks.c.id == track.id).values(**values))
        await touch(connection, track.station_id)


async def remove(connection: AsyncConnection, station_id: str, ids: Sequence[str]) -> None:
    """Remove tracks of a station."""
    await connection.execute(delete(tracks).where(tracks.c.id.in_(ids)))
    await connection.execute(update(tracks).where(tracks.c.duplicate_of.in_(ids)).values(duplicate_of=None))
    await touch(connection, station_id)


async def in_use(connection: AsyncConnection, sha256: str) -> bool:
    """Say whether any track has these contents."""
    return (await connection.execute(select(tracks.c.id).where(tracks.c.sha256 == sha256).limit(1))).first() is not None


async def art_in_use(connection: AsyncConnection, art: str) -> bool:
    """Say whether any track or station has this picture."""
    of_track = select(tracks.c.id).where(tracks.c.art == art).limit(1)
    of_station = select(stations.c.id).where(stations.c.art == art).limit(1)
    return bool((await connection.execute(select(of_track.exists() | of_station.exists()))).scalar())


async def contents(connection: AsyncConnection) -> set[str]:
    """Return the SHA-256 of the contents and the pictures of all tracks, and of the pictures of all stations."""
    of_tracks = await connection.execute(select(tracks.c.sha256, tracks.c.art))
    of_stations = await connection.execute(select(stations.c.art))
    return {each for row in (*of_tracks, *of_stations) for each in row}


def _held(station_id: str) -> ColumnElement[int]:
    sums = (
        select(func.coalesce(func.sum(tracks.c.size), 0)).where(tracks.c.station_id == station_id),
        select(func.coalesce(func.sum(uploads.c.size), 0)).where(
            uploads.c.station_id == station_id, uploads.c.track_id.is_(None)
        ),
    )
    of_tracks, of_uploads = (each.scalar_subquery() for each in sums)
    return of_tracks + of_uploads


async def size_of(connection: AsyncConnection, station_id: str) -> int:
    """Return the size of a station's tracks and unfinished uploads in bytes."""
    return int((await connection.execute(select(_held(station_id)))).scalar_one())


async def page(connection: AsyncConnection, station_id: str, listing: Listing, now_ms: int) -> list[TrackRow]:
    """List tracks."""
    query = select(*TRACK_COLUMNS).where(tracks.c.station_id == station_id, *_conditions(listing, now_ms))
    if listing.after is not None:
        here, there = tuple_(*_ORDERS[listing.sort]), tuple_(*map(literal, listing.after))
        query = query.where(here < there if listing.sort == NEWEST_FIRST else here > there)
    query = query.order_by(*_order(listing)).limit(listing.limit)
    return [TrackRow(*row) for row in await connection.execute(query)]


async def listed(connection: AsyncConnection, station_id: str, listing: Listing, now_ms: int) -> int:
    """Count the tracks of a list."""
    query = select(func.count()).where(tracks.c.station_id == station_id, *_conditions(listing, now_ms))
    return int((await connection.execute(query)).scalar_one())


async def found(
    connection: AsyncConnection, station_id: str, listing: Listing, now_ms: int
) -> tuple[list[TrackRow], int]:
    """List the first tracks of a search, and count all: the texts of the whole library are gone through once."""
    mine = select(tracks.c.id, func.count().over().label("listed")).where(tracks.c.station_id == station_id)
    mine = mine.where(*_conditions(listing, now_ms)).order_by(*_order(listing)).limit(listing.limit)
    first = mine.subquery()
    query = select(*TRACK_COLUMNS, first.c.listed).join(first, first.c.id == tracks.c.id).order_by(*_order(listing))
    rows = (await connection.execute(query)).all()
    return [TrackRow(*row[:-1]) for row in rows], rows[0][-1] if rows else 0


async def held(connection: AsyncConnection, station_id: str) -> tuple[int, int]:
    """Return how many tracks of a library are not measured yet, and the size of the library in bytes."""
    mine = select(func.count()).select_from(tracks).where(tracks.c.station_id == station_id)
    waiting = mine.where(tracks.c.measured == "waiting").scalar_subquery()
    row = (await connection.execute(select(waiting, _held(station_id)))).one()
    return row[0], int(row[1])


def _order(listing: Listing) -> list[ColumnElement[Any]]:
    return [column.desc() if listing.sort == NEWEST_FIRST else column.asc() for column in _ORDERS[listing.sort]]


def _conditions(listing: Listing, now_ms: int) -> list[ColumnElement[bool]]:
    views: dict[View, list[ColumnElement[bool]]] = {
        "all": [],
        "new": [tracks.c.added_at > now_ms - NEW_MS],
        "unplayable": [tracks.c.problem != ""],
        "duplicates": [tracks.c.duplicate_of.is_not(None)],
        "untagged": [or_(tracks.c.artist == "", tracks.c.title == "")],
        "never_played": [tracks.c.plays == 0],
        "loved": [tracks.c.id.in_(_LIKED)],
    }
    # A folded word is letters and digits: there is nothing in it that LIKE would read as a pattern.
    return [*views[listing.view], *(tracks.c.search.like(f"%{word}%") for word in listing.words)]


async def waiting(connection: AsyncConnection, limit: int) -> list[TrackRow]:
    """List the tracks of all stations that have not been measured, the newest first."""
    query = select(*TRACK_COLUMNS).where(tracks.c.measured == "waiting").order_by(tracks.c.added_at.desc()).limit(limit)
    return [TrackRow(*row) for row in await connection.execute(query)]


async def near(
    connection: AsyncConnection, track: TrackRow, spread_ms: int
) -> AsyncGenerator[Sequence[tuple[str, str]]]:
    """List other measured tracks of the station that last about as long, some at a time and the oldest first.

    Each is an id and a fingerprint in base64, of about 5 kB.
    """
    lasts = tracks.c.duration_ms.between(track.duration_ms - spread_ms, track.duration_ms + spread_ms)
    other = and_(tracks.c.station_id == track.station_id, tracks.c.id != track.id)
    query = select(tracks.c.id, fingerprints.c.numbers).join(fingerprints)
    query = query.where(other, lasts, tracks.c.duplicate_of.is_(None)).order_by(tracks.c.added_at)
    found = await connection.stream(query)
    async for rows in found.partitions(FINGERPRINTS_AT_ONCE):
        yield [(row.id, row.numbers) for row in rows]


async def set_fingerprint(connection: AsyncConnection, track: TrackRow, numbers: str) -> None:
    """Record a track's fingerprint, in base64, in place of the one there was."""
    await connection.execute(delete(fingerprints).where(fingerprints.c.track_id == track.id))
    await connection.execute(insert(fingerprints).values(track_id=track.id, numbers=numbers))


async def mark_duplicate(connection: AsyncConnection, track: TrackRow, other_id: str) -> None:
    """Say that two tracks are the same recording: the later one is a duplicate of the earlier."""
    query = select(tracks.c.added_at).where(tracks.c.id == other_id)
    added_at = (await connection.execute(query)).scalar_one_or_none()
    if added_at is not None:
        later, earlier = (track.id, other_id) if added_at <= track.added_at else (other_id, track.id)
        await connection.execute(update(tracks).where(tracks.c.id == later).values(duplicate_of=earlier))


async def touch(connection: AsyncConnection, station_id: str) -> None:
    """Raise the version of a station's library."""
    raised = update(libraries).where(libraries.c.station_id == station_id).values(version=libraries.c.version + 1)
    if not (await connection.execute(raised)).rowcount:
        await connection.execute(insert(libraries).values(station_id=station_id, version=1))


async def versions(connection: AsyncConnection) -> dict[str, int]:
    """Return the versions of all libraries, by station's id."""
    return {row.station_id: row.version for row in await connection.execute(select(libraries))}
