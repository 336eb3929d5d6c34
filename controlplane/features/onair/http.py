"""What is on air, over HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from aiohttp import web

from controlplane.features.onair import azuracast, metadata, playlists, views
from controlplane.features.onair.history import PlayHistory
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.errors import Conflict
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.live.hub import Hub
from controlplane.protocol.azuracast import StationStatus, StationStatuses
from controlplane.protocol.onair_views import (
    HistoryPage,
    HistoryQuery,
    MetadataRequest,
    NowPlayingView,
    StationsAnswer,
    StationView,
)
from controlplane.protocol.pictures import IconQuery
from controlplane.web.artwork import PNG
from controlplane.web.origins import playable_origin
from controlplane.web.routes import API, Call, Route, get, post
from controlplane.web.site import Pictures


@dataclass(frozen=True, slots=True)
class OnAirRoutes:
    """Stations and what is on air there."""

    onair: OnAir
    read_model: ReadModel
    history: PlayHistory
    hub: Hub
    urls: PublicUrls
    pictures: Pictures

    def routes(self) -> list[Route]:
        """List the routes."""
        public, station = Permission.PUBLIC, f"{API}/stations/{{slug}}"
        return [
            get(f"{API}/stations", self.stations, permission=public, quota=Quota.READ, answer=StationsAnswer),
            get(station, self.station, permission=public, quota=Quota.READ, answer=StationView),
            get(f"{station}/now-playing", self.now_playing, permission=public, quota=Quota.READ, answer=NowPlayingView),
            get(
                f"{station}/history",
                self.plays,
                permission=public,
                quota=Quota.READ,
                query=HistoryQuery,
                answer=HistoryPage,
            ),
            post(
                f"{station}/metadata",
                self.post_metadata,
                permission=Permission.STATION_SET_METADATA,
                quota=Quota.WRITE,
                body=MetadataRequest,
                answer=NowPlayingView,
                errors=(Conflict,),
            ),
            get("/api/nowplaying", self.azuracast_all, permission=public, quota=Quota.READ, answer=StationStatuses),
            get("/api/nowplaying/{slug}", self.azuracast, permission=public, quota=Quota.READ, answer=StationStatus),
            get("/s/{slug}/icon.png", self.icon, permission=public, quota=Quota.READ, query=IconQuery, media=PNG),
            get("/s/{slug}/card.png", self.card, permission=public, quota=Quota.READ, media=PNG),
            get("/s/{slug}.m3u", self.m3u, permission=public, quota=Quota.READ, media=playlists.M3U),
            get("/s/{slug}.pls", self.pls, permission=public, quota=Quota.READ, media=playlists.PLS),
        ]

    async def stations(self, _call: Call) -> StationsAnswer:
        """List the stations."""
        found = map(self.read_model.require, self.read_model.slugs())
        return StationsAnswer(stations=[views.station(known, self.urls) for known in found])

    async def station(self, call: Call) -> StationView:
        """Show a station."""
        return views.station(self.read_model.require(call.slug), self.urls)

    async def now_playing(self, call: Call) -> NowPlayingView:
        """Show what a station is doing now."""
        return self._now_playing(call.slug)

    async def plays(self, call: Call) -> HistoryPage:
        """List a station's plays, the newest first."""
        known, page = self.read_model.require(call.slug), call.query(HistoryQuery)
        found, more = await self.history.page(known.row.id, page.limit, page.cursor)
        return HistoryPage(items=[views.play(entry) for entry in found], next=more)

    async def post_metadata(self, call: Call) -> NowPlayingView:
        """Set the title that is heard now, or the show and the host."""
        self.read_model.require(call.slug)
        request = await call.body(MetadataRequest)
        await self.onair.carry_out(call.slug, partial(metadata.decided, request), call.by)
        return self._now_playing(call.slug)

    async def azuracast_all(self, _call: Call) -> StationStatuses:
        """Show what every station is doing, in AzuraCast's shape."""
        return StationStatuses([self._azuracast(slug) for slug in self.read_model.slugs()])

    async def azuracast(self, call: Call) -> StationStatus:
        """Show what a station is doing, in AzuraCast's shape."""
        return self._azuracast(call.slug)

    async def icon(self, call: Call) -> web.Response:
        """Give a station's roundel on its ground, a square PNG."""
        return await self.pictures.icon(self.read_model.require(call.slug).row.slug, call.query(IconQuery).size)

    async def card(self, call: Call) -> web.Response:
        """Give the picture of a station in a link's preview, a PNG of 1200 by 630 pixels."""
        return await self.pictures.card(self.read_model.require(call.slug).row.slug)

    async def m3u(self, call: Call) -> web.Response:
        """Give a station's stream as an M3U playlist, for a player."""
        return self._playlist(call, "m3u", playlists.M3U, playlists.m3u)

    async def pls(self, call: Call) -> web.Response:
        """Give a station's stream as a PLS playlist, for a player."""
        return self._playlist(call, "pls", playlists.PLS, playlists.pls)

    def _now_playing(self, slug: str) -> NowPlayingView:
        return views.now_playing(self.read_model.require(slug), self.hub.followers(slug), self.urls)

    def _azuracast(self, slug: str) -> StationStatus:
        return azuracast.station(self.read_model.require(slug), self.urls, self.onair.clock.steady_s())

    def _playlist(self, call: Call, suffix: str, media: str, write: Callable[[str, str], str]) -> web.Response:
        row = self.read_model.require(call.slug).row
        origin = playable_origin(self.urls.audio_url, call.request.headers.get("Host", ""))
        text = write(row.name, replace(self.urls, audio_url=origin).stream(row.slug))
        headers = {"Content-Disposition": f'attachment; filename="{row.slug}.{suffix}"', "Vary": "Host"}
        return web.Response(text=text, content_type=media, charset="utf-8", headers=headers)
