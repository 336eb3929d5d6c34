"""Tracks and playlists as broadcasts of their own: found, placed in the plan, begun and ended."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from controlplane.db import plans as table
from controlplane.db import playlists
from controlplane.db.engine import reading
from controlplane.features.playout import rules
from controlplane.features.playout.service import Playout
from controlplane.kernel.errors import Conflict, NotFound
from controlplane.kernel.plan import PlanItem, PlanTrack
from controlplane.protocol.library import art_url


@dataclass(frozen=True, slots=True)
class Recording:
    """The tracks that a broadcast plays, a name for it, and the address of its picture."""

    title: str
    art_url: str | None
    tracks: Sequence[PlanTrack]


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings in the plans of stations."""

    playout: Playout

    async def track(self, slug: str, track_id: str) -> Recording:
        """Return a track; raise NotFound."""
        track = await self.playout.track(slug, track_id)
        return Recording(track.title, art_url(slug, track.id, track.art), [track])

    async def playlist(self, slug: str, playlist_id: str) -> Recording:
        """Return a playlist, shuffled if that is its order; raise NotFound, or Conflict if it cannot be."""
        station = (await self.playout.of(slug)).station
        async with reading(self.playout.engine) as connection:
            found = await playlists.by_id(connection, station.id, playlist_id)
            tracks = await table.playlist(connection, playlist_id)
        if found is None:
            raise NotFound(f"there is no playlist {playlist_id[:40]!r}")
        if not tracks:
            raise Conflict("the playlist has no track that can be played")
        if len(tracks) > rules.MAX_PLACED:
            raise Conflict(f"a broadcast has {rules.MAX_PLACED} tracks at most: the playlist has {len(tracks)}")
        if found.playlist.order == "shuffle":
            self.playout.chance.shuffle(tracks)
        art = next((url for url in (art_url(slug, each.id, each.art) for each in tracks) if url is not None), None)
        return Recording(found.playlist.name, art, tracks)

    @asynccontextmanager
    async def placed(self, slug: str, broadcast_id: str, recording: Recording, by: str) -> AsyncIterator[None]:
        """Place a recording so that it comes next, and begin it when the block has ended well; or take it out again.

        Raises Conflict if the queue is full.
        """
        known = await self.playout.of(slug)
        items = [
            PlanItem(rules.new_id(self.playout.chance), track, by, broadcast=broadcast_id) for track in recording.tracks
        ]
        known.preparing |= {broadcast_id}
        try:
            await self.playout.edit(slug, lambda known: rules.begun(known.plan, items, known.free))
            yield
            self.playout.keep_broadcast(slug, broadcast_id)
        finally:
            known.preparing -= {broadcast_id}
        await self.playout.begin(slug, items[0].id)
