"""A station's playlists over HTTP."""

from dataclasses import dataclass

from controlplane.db.playlists import Summary
from controlplane.features.library import views
from controlplane.features.playlists.service import Playlists
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.base import Done
from controlplane.protocol.library import TrackIds
from controlplane.protocol.paging import cursor_of, page_of
from controlplane.protocol.playlists import (
    PlaylistAnswer,
    PlaylistMove,
    PlaylistPatch,
    PlaylistRequest,
    PlaylistsView,
    PlaylistTracksAnswer,
    PlaylistTracksPage,
    PlaylistTracksQuery,
    PlaylistView,
)
from controlplane.web.routes import API, Call, Route, delete, get, patch, post

PLAYLISTS = f"{API}/stations/{{slug}}/playlists"


@dataclass(frozen=True, slots=True)
class PlaylistRoutes:
    """Routes of a station's playlists and their tracks."""

    stations: Stations
    playlists: Playlists

    def routes(self) -> list[Route]:
        """List the routes."""
        see, edit = Permission.STATION_READ_LIBRARY, Permission.STATION_EDIT_LIBRARY
        one, tracks, done = f"{PLAYLISTS}/{{id}}", f"{PLAYLISTS}/{{id}}/tracks", PlaylistTracksAnswer
        read, write, taken = Quota.READ, Quota.WRITE, (Conflict,)
        query, page = PlaylistTracksQuery, PlaylistTracksPage
        made, found = PlaylistRequest, PlaylistAnswer
        return [
            get(PLAYLISTS, self.all, permission=see, quota=read, answer=PlaylistsView),
            post(PLAYLISTS, self.add, permission=edit, quota=write, body=made, answer=found, errors=taken),
            get(one, self.playlist, permission=see, quota=read, answer=found),
            patch(one, self.change, permission=edit, quota=write, body=PlaylistPatch, answer=found, errors=taken),
            delete(one, self.remove, permission=edit, quota=write, answer=Done),
            get(tracks, self.tracks, permission=see, quota=read, query=query, answer=page),
            post(tracks, self.put, permission=edit, quota=write, body=TrackIds, answer=done, errors=taken),
            patch(tracks, self.move, permission=edit, quota=write, body=PlaylistMove, answer=done),
            post(f"{tracks}/remove", self.take_out, permission=edit, quota=write, body=TrackIds, answer=done),
        ]

    async def all(self, call: Call) -> PlaylistsView:
        """List a station's playlists."""
        found = await self.playlists.of(self.stations.get(call.slug))
        return PlaylistsView(items=[_view(each) for each in found])

    async def add(self, call: Call) -> PlaylistAnswer:
        """Make a playlist."""
        asked = await call.body(PlaylistRequest)
        return PlaylistAnswer(playlist=_view(await self.playlists.add(self.stations.get(call.slug), asked, call.by)))

    async def playlist(self, call: Call) -> PlaylistAnswer:
        """Show a playlist."""
        found = await self.playlists.get(self.stations.get(call.slug), call.path["id"])
        return PlaylistAnswer(playlist=_view(found))

    async def change(self, call: Call) -> PlaylistAnswer:
        """Change a playlist's name, order or weight. After a change of order or weight, AutoDJ chooses anew."""
        station, asked = self.stations.get(call.slug), await call.body(PlaylistPatch)
        return PlaylistAnswer(playlist=_view(await self.playlists.change(station, call.path["id"], asked, call.by)))

    async def remove(self, call: Call) -> Done:
        """Remove a playlist. Its tracks stay in the library."""
        await self.playlists.remove(self.stations.get(call.slug), call.path["id"], call.by)
        return Done()

    async def tracks(self, call: Call) -> PlaylistTracksPage:
        """List the tracks of a playlist, in order."""
        asked = call.query(PlaylistTracksQuery)
        after = int(asked.cursor) if asked.cursor is not None else -1
        rows = await self.playlists.page(self.stations.get(call.slug), call.path["id"], after, asked.limit + 1)
        shown, more = page_of(rows, asked.limit, lambda row: cursor_of(row[0]))
        return PlaylistTracksPage(items=[views.track(call.slug, row) for _, row in shown], next=more)

    async def put(self, call: Call) -> PlaylistTracksAnswer:
        """Add tracks at the end of a playlist. Those that it has already stay where they are."""
        asked = await call.body(TrackIds)
        return _answer(await self.playlists.put(self.stations.get(call.slug), call.path["id"], asked.ids, call.by))

    async def move(self, call: Call) -> PlaylistTracksAnswer:
        """Move tracks of a playlist before another one, or to the end."""
        asked = await call.body(PlaylistMove)
        station = self.stations.get(call.slug)
        return _answer(await self.playlists.move(station, call.path["id"], asked.ids, asked.before, call.by))

    async def take_out(self, call: Call) -> PlaylistTracksAnswer:
        """Take tracks out of a playlist. They stay in the library."""
        asked = await call.body(TrackIds)
        return _answer(await self.playlists.take_out(self.stations.get(call.slug), call.path["id"], asked.ids, call.by))


def _answer(done: tuple[list[str], Summary]) -> PlaylistTracksAnswer:
    ids, after = done
    return PlaylistTracksAnswer(ids=ids, playlist=_view(after))


def _view(each: Summary) -> PlaylistView:
    playlist = each.playlist
    return PlaylistView(
        id=playlist.id,
        name=playlist.name,
        order=playlist.order,
        weight=playlist.weight,
        tracks=each.tracks,
        duration_ms=each.duration_ms,
        created_at=playlist.created_at,
    )
