"""The pictures of a station and of its tracks over HTTP."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from controlplane.features.library import views
from controlplane.features.library.http import TRACKS
from controlplane.features.library.picture import MAX_PICTURE_BYTES
from controlplane.features.library.service import Library
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import InvalidInput, NoSpace, NotFound, TooLarge, TooSlow
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.library import ArtQuery, StationArtAnswer, TrackAnswer, station_art_url
from controlplane.web.connections import hold
from controlplane.web.routes import API, PICTURE, Call, Route, delete, get, put

OF_STATION = f"{API}/stations/{{slug}}/art"
OF_TRACK = f"{TRACKS}/{{id}}/art"
JPEG = "image/jpeg"
KEPT = {"Cache-Control": "public, max-age=86400"}
FAULTS = (TooLarge, TooSlow, NoSpace, InvalidInput)


@dataclass(frozen=True, slots=True)
class ArtRoutes:
    """Routes of pictures. Each picture is a JPEG, PNG, WebP or GIF of up to 8 MB, the whole body of its request."""

    stations: Stations
    library: Library

    def routes(self) -> list[Route]:
        """List the routes."""
        configure, edit = Permission.STATION_CONFIGURE, Permission.STATION_EDIT_LIBRARY
        public, read, write, upload = Permission.PUBLIC, Quota.READ, Quota.WRITE, Quota.UPLOAD
        return [
            put(
                OF_STATION,
                self.set_station,
                permission=configure,
                quota=upload,
                takes=PICTURE,
                answer=StationArtAnswer,
                errors=FAULTS,
            ),
            delete(OF_STATION, self.remove_station, permission=configure, quota=write, answer=StationArtAnswer),
            get(OF_STATION, self.station, permission=public, quota=read, query=ArtQuery, media=JPEG),
            put(
                OF_TRACK,
                self.set_track,
                permission=edit,
                quota=upload,
                takes=PICTURE,
                answer=TrackAnswer,
                errors=FAULTS,
            ),
            delete(OF_TRACK, self.remove_track, permission=edit, quota=write, answer=TrackAnswer),
            get(OF_TRACK, self.track, permission=public, quota=read, query=ArtQuery, media=JPEG),
        ]

    async def station(self, call: Call) -> web.StreamResponse:
        """Give a station's picture, a JPEG."""
        return self._file(self.stations.get(call.slug).art, call)

    async def set_station(self, call: Call) -> StationArtAnswer:
        """Give a station another picture: a JPEG, PNG, WebP or GIF of up to 8 MB."""
        async with self._received(call) as picture:
            return await self._with_station_art(call, picture)

    async def remove_station(self, call: Call) -> StationArtAnswer:
        """Take a station's picture away: the emblem that is drawn from its name is shown again."""
        return await self._with_station_art(call, None)

    async def _with_station_art(self, call: Call, picture: Path | None) -> StationArtAnswer:
        async def place(art: str) -> str:
            return await self.stations.set_art(call.slug, art, call.by)

        art = await self.library.replace_art(picture, place)
        return StationArtAnswer(art_url=station_art_url(call.slug, art))

    async def track(self, call: Call) -> web.StreamResponse:
        """Give a track's picture, a JPEG."""
        row = await self.library.get(self.stations.get(call.slug), call.path["id"])
        return self._file(row.art, call)

    async def set_track(self, call: Call) -> TrackAnswer:
        """Give a track another picture: a JPEG, PNG, WebP or GIF of up to 8 MB."""
        async with self._received(call) as picture:
            return await self._with_art(call, picture)

    async def remove_track(self, call: Call) -> TrackAnswer:
        """Take a track's picture away."""
        return await self._with_art(call, None)

    async def _with_art(self, call: Call, picture: Path | None) -> TrackAnswer:
        station, track_id = self.stations.get(call.slug), call.path["id"]
        row = await self.library.set_art(station, track_id, picture, call.by)
        return TrackAnswer(track=views.track(call.slug, row))

    def _file(self, art: str, call: Call) -> web.StreamResponse:
        path = self.library.store.art(art, call.query(ArtQuery).size)
        if not art or not path.exists():
            raise NotFound("there is no picture")
        return web.FileResponse(path, headers={"Content-Type": JPEG, **KEPT})

    @asynccontextmanager
    async def _received(self, call: Call) -> AsyncIterator[Path]:
        hold(call.request)
        file = self.library.store.upload(secrets.token_hex(16))
        try:
            if not await self.library.store.receive(call.request.content.iter_any(), file, MAX_PICTURE_BYTES):
                raise InvalidInput("the body is empty: send a picture in it")
            yield file
        finally:
            await self.library.store.drop(file)
