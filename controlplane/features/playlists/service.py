"""The playlists of all stations: made, changed, ordered and removed."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db import audit, tracks
from controlplane.db import playlists as table
from controlplane.db.engine import reading, writing
from controlplane.db.playlists import Summary
from controlplane.features.playlists import rules
from controlplane.kernel.audit import AuditActor
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Conflict, InvalidInput, NotFound
from controlplane.kernel.playlists import Playlist, resumed
from controlplane.kernel.stations import StationRow
from controlplane.kernel.tracks import TrackRow
from controlplane.protocol.playlists import PlaylistPatch, PlaylistRequest

MAX_PLAYLISTS = 50


@dataclass(slots=True)
class Playlists:
    """The one door to playlists; the database is their home."""

    engine: AsyncEngine
    clock: Clock
    changed: Callable[[StationRow], None]
    """Called with a station when its playlists have changed."""
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held to change the tracks of a playlist: two people may order one at the same time."""

    async def of(self, station: StationRow) -> list[Summary]:
        """List a station's playlists by name."""
        async with reading(self.engine) as connection:
            return await table.of_station(connection, station.id)

    async def get(self, station: StationRow, playlist_id: str) -> Summary:
        """Return a playlist; raise NotFound."""
        async with reading(self.engine) as connection:
            return await _found(connection, station, playlist_id)

    async def page(self, station: StationRow, playlist_id: str, after: int, limit: int) -> list[tuple[int, TrackRow]]:
        """Return tracks of a playlist with their places, from after a place on; raise NotFound."""
        async with reading(self.engine) as connection:
            await _found(connection, station, playlist_id)
            return await table.page(connection, playlist_id, after, limit)

    async def add(self, station: StationRow, asked: PlaylistRequest, by: AuditActor) -> Summary:
        """Make a playlist; raise InvalidInput, or Conflict if the name is taken or there are too many."""
        name, key = rules.named(asked.name)
        playlist = Playlist(
            secrets.token_hex(12), station.id, name, asked.order, asked.weight, created_at=self.clock.now_ms()
        )
        async with self._lock, writing(self.engine) as connection:
            if await table.count(connection, station.id) >= MAX_PLAYLISTS:
                raise Conflict(f"a station has {MAX_PLAYLISTS} playlists at most")
            await _require_free(connection, station, playlist.id, key)
            await table.add(connection, playlist, key)
            await self._note(connection, "playlist.add", station, playlist, by)
        self.changed(station)
        return Summary(playlist, 0, 0)

    async def change(self, station: StationRow, playlist_id: str, asked: PlaylistPatch, by: AuditActor) -> Summary:
        """Change a playlist's name, order or weight; raise NotFound, InvalidInput, or Conflict if the name is taken."""
        values = asked.model_dump(exclude_none=True)
        if not values:
            raise InvalidInput(f"there is nothing to change: one of {', '.join(PlaylistPatch.model_fields)} is needed")
        async with self._lock, writing(self.engine) as connection:
            playlist = (await _found(connection, station, playlist_id)).playlist
            if asked.name is not None:
                values["name"], values["name_key"] = rules.named(asked.name)
                await _require_free(connection, station, playlist.id, values["name_key"])
            await table.change(connection, playlist, values)
            after = await _found(connection, station, playlist_id)
            await self._note(connection, "playlist.change", station, after.playlist, by)
        self.changed(station)
        return after

    async def remove(self, station: StationRow, playlist_id: str, by: AuditActor) -> None:
        """Remove a playlist, and keep its tracks; raise NotFound."""
        async with self._lock, writing(self.engine) as connection:
            playlist = (await _found(connection, station, playlist_id)).playlist
            await table.remove(connection, playlist)
            await self._note(connection, "playlist.remove", station, playlist, by)
        self.changed(station)

    async def put(
        self, station: StationRow, playlist_id: str, ids: Sequence[str], by: AuditActor
    ) -> tuple[list[str], Summary]:
        """Add tracks at the end of a playlist; return those that it did not have, and the playlist.

        Tracks that the station does not have are passed over. Raises NotFound, or Conflict if they are too many.
        """
        before, after, summary = await self._edit(station, playlist_id, ids, rules.added, by)
        return rules.without(after, before), summary

    async def move(
        self, station: StationRow, playlist_id: str, ids: Sequence[str], before: str | None, by: AuditActor
    ) -> tuple[list[str], Summary]:
        """Move tracks of a playlist before another one, or to the end; raise NotFound if it has none of them."""
        moved = partial(rules.moved, before=before)
        _, after, summary = await self._edit(station, playlist_id, ids, moved, by)
        return [each for each in dict.fromkeys(ids) if each in set(after)], summary

    async def take_out(
        self, station: StationRow, playlist_id: str, ids: Sequence[str], by: AuditActor
    ) -> tuple[list[str], Summary]:
        """Take tracks out of a playlist; return those that it had, and the playlist. Raises NotFound."""
        before, after, summary = await self._edit(station, playlist_id, ids, rules.without, by)
        return rules.without(before, after), summary

    async def _edit(
        self,
        station: StationRow,
        playlist_id: str,
        ids: Sequence[str],
        edit: Callable[[list[str], list[str]], list[str]],
        by: AuditActor,
    ) -> tuple[list[str], list[str], Summary]:
        async with self._lock, writing(self.engine) as connection:
            # First of all: who removes tracks waits for the same row.
            await tracks.touch(connection, station.id)
            playlist = (await _found(connection, station, playlist_id)).playlist
            before = await table.content(connection, playlist_id)
            known = await table.known_tracks(connection, station.id, ids)
            after = edit(before, [each for each in dict.fromkeys(ids) if each in known])
            if after != before:
                last = resumed(before, set(before).difference(after), playlist.last_track)
                await table.set_content(connection, playlist, after, last)
                await self._note(connection, "playlist.order", station, playlist, by)
            summary = await _found(connection, station, playlist_id)
        if after != before:
            self.changed(station)
        return before, after, summary

    async def _note(
        self, connection: AsyncConnection, action: str, station: StationRow, playlist: Playlist, by: AuditActor
    ) -> None:
        detail: dict[str, str | int | None] = {
            "id": playlist.id,
            "order": playlist.order,
            "weight": playlist.weight,
        }
        await audit.note(
            connection, self.clock.now_ms(), by, action, playlist.name, station=station.slug, detail=detail
        )


async def _found(connection: AsyncConnection, station: StationRow, playlist_id: str) -> Summary:
    found = await table.by_id(connection, station.id, playlist_id)
    if found is None:
        raise NotFound(f"there is no playlist {playlist_id[:40]!r}")
    return found


async def _require_free(connection: AsyncConnection, station: StationRow, playlist_id: str, key: str) -> None:
    there = await table.named(connection, station.id, key)
    if there is not None and there.id != playlist_id:
        raise Conflict(f"there is a playlist named {there.name!r} already")
