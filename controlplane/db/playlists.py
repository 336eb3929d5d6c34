"""The playlists of stations. A change of one is a change of its station's library."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from controlplane.db.engine import streamed
from controlplane.db.tables import playlist_tracks, playlists, tracks
from controlplane.db.tracks import TRACK_COLUMNS, touch
from controlplane.kernel.playlists import InRotation, Playlist, resumed
from controlplane.kernel.tracks import TrackRow

_FIELDS = tuple(field.name for field in fields(Playlist))
_COLUMNS = tuple(playlists.c[name] for name in _FIELDS)


@dataclass(frozen=True, slots=True)
class Summary:
    """A playlist with how many tracks it has, and how long they last in milliseconds."""

    playlist: Playlist
    tracks: int
    duration_ms: int


async def of_station(connection: AsyncConnection, station_id: str) -> list[Summary]:
    """List a station's playlists by name."""
    return await _summaries(connection, playlists.c.station_id == station_id)


async def by_id(connection: AsyncConnection, station_id: str, playlist_id: str) -> Summary | None:
    """Find a playlist of a station."""
    found = await _summaries(connection, playlists.c.station_id == station_id, playlists.c.id == playlist_id)
    return found[0] if found else None


async def _summaries(connection: AsyncConnection, *conditions: Any) -> list[Summary]:  # noqa: ANN401 - SQLAlchemy's own
    content = playlists.outerjoin(playlist_tracks).outerjoin(tracks, tracks.c.id == playlist_tracks.c.track_id)
    counted = func.count(tracks.c.id), func.coalesce(func.sum(tracks.c.duration_ms), 0)
    query = select(*_COLUMNS, *counted).select_from(content).where(*conditions).group_by(*_COLUMNS)
    rows = await connection.execute(query.order_by(playlists.c.name_key))
    return [Summary(Playlist(*row[:-2]), row[-2], int(row[-1])) for row in rows]


async def count(connection: AsyncConnection, station_id: str) -> int:
    """Return how many playlists a station has."""
    query = select(func.count()).select_from(playlists).where(playlists.c.station_id == station_id)
    return int((await connection.execute(query)).scalar_one())


async def named(connection: AsyncConnection, station_id: str, name_key: str) -> Playlist | None:
    """Find a station's playlist by its name."""
    query = select(*_COLUMNS).where(playlists.c.station_id == station_id, playlists.c.name_key == name_key)
    row = (await connection.execute(query)).first()
    return Playlist(*row) if row is not None else None


async def add(connection: AsyncConnection, playlist: Playlist, name_key: str) -> None:
    """Add a playlist without tracks; the station must have none of that name."""
    values = {name: getattr(playlist, name) for name in _FIELDS}
    await connection.execute(insert(playlists).values(**values, name_key=name_key))


async def change(connection: AsyncConnection, playlist: Playlist, values: Mapping[str, Any]) -> None:
    """Change some columns of a playlist; the station must have no other one of that name."""
    await connection.execute(update(playlists).where(playlists.c.id == playlist.id).values(**values))
    await touch(connection, playlist.station_id)


async def remove(connection: AsyncConnection, playlist: Playlist) -> None:
    """Remove a playlist; its tracks stay in the library."""
    await connection.execute(delete(playlists).where(playlists.c.id == playlist.id))
    await touch(connection, playlist.station_id)


async def content(connection: AsyncConnection, playlist_id: str) -> list[str]:
    """Return the ids of a playlist's tracks in order."""
    query = select(playlist_tracks.c.track_id).where(playlist_tracks.c.playlist_id == playlist_id)
    return list((await connection.execute(query.order_by(playlist_tracks.c.place))).scalars())


async def known_tracks(connection: AsyncConnection, station_id: str, ids: Sequence[str]) -> set[str]:
    """Return which of some ids are tracks of a station."""
    query = select(tracks.c.id).where(tracks.c.station_id == station_id, tracks.c.id.in_(ids))
    return set((await connection.execute(query)).scalars())


async def set_content(connection: AsyncConnection, playlist: Playlist, ids: Sequence[str], last_track: str) -> None:
    """Write the tracks of a playlist in order, in place of those there were, and the one that it goes on behind."""
    await connection.execute(delete(playlist_tracks).where(playlist_tracks.c.playlist_id == playlist.id))
    rows = [{"playlist_id": playlist.id, "track_id": each, "place": place} for place, each in enumerate(ids)]
    if rows:
        await connection.execute(insert(playlist_tracks), rows)
    await connection.execute(update(playlists).where(playlists.c.id == playlist.id).values(last_track=last_track))
    await touch(connection, playlist.station_id)


async def page(connection: AsyncConnection, playlist_id: str, after: int, limit: int) -> list[tuple[int, TrackRow]]:
    """List tracks of a playlist with their places, from after a place on."""
    query = select(playlist_tracks.c.place, *TRACK_COLUMNS).join(tracks, tracks.c.id == playlist_tracks.c.track_id)
    query = query.where(playlist_tracks.c.playlist_id == playlist_id, playlist_tracks.c.place > after)
    rows = await connection.execute(query.order_by(playlist_tracks.c.place).limit(limit))
    return [(row[0], TrackRow(*row[1:])) for row in rows]


async def in_rotation(connection: AsyncConnection, station_id: str) -> list[InRotation]:
    """Return the playlists that AutoDJ plays from, by name."""
    query = select(playlist_tracks.c.track_id, *_COLUMNS).select_from(playlists.outerjoin(playlist_tracks))
    query = query.where(playlists.c.station_id == station_id, playlists.c.weight > 0)
    found: dict[Playlist, list[str]] = {}
    async for row in streamed(connection, query.order_by(playlists.c.name_key, playlist_tracks.c.place)):
        ids = found.setdefault(Playlist(*tuple(row)[1:]), [])
        if row.track_id is not None:
            ids.append(row.track_id)
    return [InRotation(playlist, tuple(ids)) for playlist, ids in found.items()]


async def played(connection: AsyncConnection, playlist_id: str, track_id: str) -> None:
    """Record that AutoDJ has played a track from a playlist."""
    # One whose weight is zero by now has had a turn, too.
    turn = 1.0 / case((playlists.c.weight > 0, playlists.c.weight), else_=1)
    values = {"last_track": track_id, "turns": playlists.c.turns + turn}
    await connection.execute(update(playlists).where(playlists.c.id == playlist_id).values(**values))


async def resume_without(connection: AsyncConnection, station_id: str, ids: Collection[str]) -> None:
    """Let the sequences whose last track is about to be removed go on in front of it."""
    query = select(*_COLUMNS).where(playlists.c.station_id == station_id, playlists.c.last_track.in_(ids))
    for playlist in [Playlist(*row) for row in await connection.execute(query)]:
        last = resumed(await content(connection, playlist.id), ids, playlist.last_track)
        await connection.execute(update(playlists).where(playlists.c.id == playlist.id).values(last_track=last))
