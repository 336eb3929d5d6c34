"""A station's tracks over HTTP."""

import base64
from dataclasses import dataclass

from aiohttp import web

from controlplane.access.tokens import PREVIEW_LIFETIME_S, TokenMint
from controlplane.features.library import rules, views
from controlplane.features.library.service import Library
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import NotFound, Unauthenticated
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.tracks import Listing, TrackRow
from controlplane.protocol.base import Done
from controlplane.protocol.library import (
    PeaksView,
    PreviewAnswer,
    PreviewQuery,
    TrackAnswer,
    TrackIds,
    TrackPatch,
    TracksAnswer,
    TracksPage,
    TracksPatch,
    TracksQuery,
)
from controlplane.protocol.paging import page_of
from controlplane.web.routes import API, Call, Route, delete, get, patch, post

TRACKS = f"{API}/stations/{{slug}}/tracks"
MEDIA = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
}
PEAKS_PER_S = 20


@dataclass(frozen=True, slots=True)
class TrackRoutes:
    """Routes of a station's tracks."""

    stations: Stations
    library: Library
    tokens: TokenMint

    def routes(self) -> list[Route]:
        """List the routes."""
        one, public = f"{TRACKS}/{{id}}", Permission.PUBLIC
        see, edit = Permission.STATION_READ_LIBRARY, Permission.STATION_EDIT_LIBRARY
        return [
            get(TRACKS, self.page, permission=see, quota=Quota.READ, query=TracksQuery, answer=TracksPage),
            patch(
                TRACKS, self.change_several, permission=edit, quota=Quota.WRITE, body=TracksPatch, answer=TracksAnswer
            ),
            post(
                f"{TRACKS}/remove",
                self.remove_several,
                permission=edit,
                quota=Quota.WRITE,
                body=TrackIds,
                answer=TracksAnswer,
            ),
            get(one, self.track, permission=see, quota=Quota.READ, answer=TrackAnswer),
            patch(one, self.change, permission=edit, quota=Quota.WRITE, body=TrackPatch, answer=TrackAnswer),
            delete(one, self.remove, permission=edit, quota=Quota.WRITE, answer=Done),
            get(f"{one}/audio", self.audio, permission=see, quota=Quota.READ, media="audio/*"),
            post(f"{one}/preview", self.allow_preview, permission=see, quota=Quota.READ, answer=PreviewAnswer),
            get(
                f"{one}/preview",
                self.preview,
                permission=public,
                quota=Quota.READ,
                query=PreviewQuery,
                media="audio/*",
                errors=(Unauthenticated,),
            ),
            get(f"{one}/peaks", self.peaks, permission=see, quota=Quota.READ, answer=PeaksView),
        ]

    async def page(self, call: Call) -> TracksPage:
        """List a station's tracks, or search them."""
        station, asked = self.stations.get(call.slug), call.query(TracksQuery)
        after = rules.place(asked.cursor, asked.sort)
        listing = Listing(asked.view, asked.sort, rules.words(asked.search), asked.limit + 1, after)
        found, counts = await self.library.page(station, listing)
        rows, more = page_of(found, asked.limit, lambda row: rules.cursor(row, asked.sort))
        return TracksPage(
            items=[views.track(call.slug, row) for row in rows],
            next=more,
            total=counts.listed,
            measuring=counts.waiting,
            used_bytes=counts.size,
            quota_bytes=self.library.quota_bytes,
        )

    async def track(self, call: Call) -> TrackAnswer:
        """Show a track."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        return TrackAnswer(track=views.track(call.slug, row))

    async def change(self, call: Call) -> TrackAnswer:
        """Change a track's texts, its gain or its cue points."""
        asked = await call.body(TrackPatch)
        changed = await self.library.change(self.stations.get(call.slug), [call.path["id"]], asked, call.by)
        return TrackAnswer(track=views.track(call.slug, _the_one(changed, call)))

    async def change_several(self, call: Call) -> TracksAnswer:
        """Change tracks in the same way, all at once."""
        asked = await call.body(TracksPatch)
        changed = await self.library.change(self.stations.get(call.slug), asked.ids, asked.change, call.by)
        return TracksAnswer(ids=[row.id for row in changed])

    async def remove(self, call: Call) -> Done:
        """Remove a track. If it is on air, it is heard to its end."""
        _the_one(await self.library.remove(self.stations.get(call.slug), [call.path["id"]], call.by), call)
        return Done()

    async def remove_several(self, call: Call) -> TracksAnswer:
        """Remove tracks, all at once. The one on air is heard to its end."""
        asked = await call.body(TrackIds)
        removed = await self.library.remove(self.stations.get(call.slug), asked.ids, call.by)
        return TracksAnswer(ids=[row.id for row in removed])

    async def allow_preview(self, call: Call) -> PreviewAnswer:
        """Make an address at which a player can hear the track, without a token."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        url = f"{API}/stations/{call.slug}/tracks/{row.id}/preview?key={self.tokens.make_preview(row.id)}"
        return PreviewAnswer(url=url, expires_in=PREVIEW_LIFETIME_S)

    async def preview(self, call: Call) -> web.StreamResponse:
        """Give a track's file, or a range of it, to whoever has the address."""
        if self.tokens.read_preview(call.query(PreviewQuery).key).subject != call.path["id"]:
            raise Unauthenticated("the key is for another track")
        return await self._file(call)

    async def audio(self, call: Call) -> web.StreamResponse:
        """Give a track's file, or a range of it."""
        return await self._file(call)

    async def _file(self, call: Call) -> web.StreamResponse:
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        path = self.library.store.audio(row.sha256, row.format)
        if not path.exists():
            raise NotFound("the file of this track is missing")
        # A stranger's file may be readable as something else, too: no browser opens it as a page.
        headers = {"Content-Type": MEDIA[row.format], "Content-Disposition": "attachment"}
        return web.FileResponse(path, headers=headers)

    async def peaks(self, call: Call) -> PeaksView:
        """Give the peaks of a track's waveform, once it has been measured."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        found = await self.library.store.read(self.library.store.peaks(row.sha256))
        if found is None:
            raise NotFound("the track has not been measured yet")
        return PeaksView(peaks_per_s=PEAKS_PER_S, peaks=base64.b64encode(found).decode())


def _the_one(rows: list[TrackRow], call: Call) -> TrackRow:
    if not rows:
        raise NotFound(f"there is no track {call.path['id'][:40]!r}")
    return rows[0]
