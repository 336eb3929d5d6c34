"""A station's tracks over HTTP."""

import base64
from dataclasses import dataclass

from aiohttp import web

from controlplane.features.library import rules, views
from controlplane.features.library.service import Library
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import NotFound
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.kernel.tracks import Listing
from controlplane.protocol.base import Done
from controlplane.protocol.library import (
    ArtQuery,
    PeaksView,
    TrackAnswer,
    TrackPatch,
    TracksPage,
    TracksQuery,
)
from controlplane.protocol.paging import page_of
from controlplane.web.routes import API, Call, Route, delete, get, patch

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
JPEG = "image/jpeg"
KEPT = {"Cache-Control": "public, max-age=86400"}
PEAKS_PER_S = 20


@dataclass(frozen=True, slots=True)
class TrackRoutes:
    """Routes of tracks that there are."""

    stations: Stations
    library: Library

    def routes(self) -> list[Route]:
        """List the routes."""
        one, public = f"{TRACKS}/{{id}}", Permission.PUBLIC
        see, edit = Permission.STATION_READ_LIBRARY, Permission.STATION_EDIT_LIBRARY
        return [
            get(TRACKS, self.page, permission=see, quota=Quota.READ, query=TracksQuery, answer=TracksPage),
            get(one, self.track, permission=see, quota=Quota.READ, answer=TrackAnswer),
            patch(one, self.change, permission=edit, quota=Quota.WRITE, body=TrackPatch, answer=TrackAnswer),
            delete(one, self.remove, permission=edit, quota=Quota.WRITE, answer=Done),
            get(f"{one}/audio", self.audio, permission=see, quota=Quota.READ, media="audio/*"),
            get(f"{one}/peaks", self.peaks, permission=see, quota=Quota.READ, answer=PeaksView),
            get(f"{one}/art", self.art, permission=public, quota=Quota.READ, query=ArtQuery, media=JPEG),
        ]

    async def page(self, call: Call) -> TracksPage:
        """List a station's tracks, or search them."""
        station, asked = self.stations.get(call.slug), call.query(TracksQuery)
        listing = Listing(asked.view, asked.sort, rules.words(asked.search), asked.limit + 1, asked.cursor)
        found, total, measuring = await self.library.page(station, listing)
        rows, more = page_of(found, asked.limit, lambda row: row.id)
        size = await self.library.size(station)
        return TracksPage(
            items=[views.track(call.slug, row) for row in rows],
            next=more,
            total=total,
            measuring=measuring,
            used_bytes=size.used,
            quota_bytes=size.quota,
        )

    async def track(self, call: Call) -> TrackAnswer:
        """Show a track."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        return TrackAnswer(track=views.track(call.slug, row))

    async def change(self, call: Call) -> TrackAnswer:
        """Change a track's texts, its gain or its cue points."""
        asked = await call.body(TrackPatch)
        row = await self.library.change(self.stations.get(call.slug), call.path["id"], asked, call.by)
        return TrackAnswer(track=views.track(call.slug, row))

    async def remove(self, call: Call) -> Done:
        """Remove a track. If it is on air, it is heard to its end."""
        await self.library.remove(self.stations.get(call.slug), call.path["id"], call.by)
        return Done()

    async def audio(self, call: Call) -> web.StreamResponse:
        """Give a track's file, or a range of it."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        path = self.library.store.audio(row.sha256, row.format)
        if not path.exists():
            raise NotFound("the file of this track is missing")
        # A stranger's file: what else it may be read as, no browser opens it.
        headers = {"Content-Type": MEDIA[row.format], "Content-Disposition": "attachment"}
        return web.FileResponse(path, headers=headers)

    async def peaks(self, call: Call) -> PeaksView:
        """Give the peaks of a track's waveform, once it has been measured."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        found = await self.library.store.read(self.library.store.peaks(row.sha256))
        if found is None:
            raise NotFound("the track has not been measured yet")
        return PeaksView(peaks_per_s=PEAKS_PER_S, peaks=base64.b64encode(found).decode())

    async def art(self, call: Call) -> web.StreamResponse:
        """Give a track's picture, a JPEG."""
        size = call.query(ArtQuery).size
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        path = self.library.store.art(row.art, size)
        if not row.art or not path.exists():
            raise NotFound("this track has no picture")
        return web.FileResponse(path, headers={"Content-Type": JPEG, **KEPT})
