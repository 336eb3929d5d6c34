"""What is on air, over HTTP."""

import time
from dataclasses import dataclass
from typing import Any

from controlplane.features.onair import azuracast, views
from controlplane.features.onair.history import PlayHistory
from controlplane.features.onair.read_model import ReadModel
from controlplane.features.onair.service import OnAir
from controlplane.features.onair.views import PublicUrls
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.live.hub import Hub
from controlplane.protocol.onair import MetadataRequest, NowPlayingView, StationView
from controlplane.web.routes import API, Call, Route, get, post

DEFAULT_HISTORY = 20
MAX_HISTORY = 100


@dataclass(frozen=True, slots=True)
class OnAirRoutes:
    """Stations and what is on air there."""

    onair: OnAir
    read_model: ReadModel
    history: PlayHistory
    hub: Hub
    urls: PublicUrls

    def routes(self) -> list[Route]:
        """List the routes."""
        public, station = Permission.PUBLIC, f"{API}/stations/{{slug}}"
        return [
            get(f"{API}/stations", self.stations, permission=public, quota=Quota.READ),
            get(station, self.station, permission=public, quota=Quota.READ, answer=StationView),
            get(f"{station}/now-playing", self.now_playing, permission=public, quota=Quota.READ, answer=NowPlayingView),
            get(f"{station}/history", self.plays, permission=public, quota=Quota.READ, numbers={"limit": MAX_HISTORY}),
            post(
                f"{station}/metadata",
                self.post_metadata,
                permission=Permission.STATION_SET_METADATA,
                quota=Quota.WRITE,
                body=MetadataRequest,
                answer=NowPlayingView,
            ),
            get("/api/nowplaying", self.azuracast_all, permission=public, quota=Quota.READ),
            get("/api/nowplaying/{slug}", self.azuracast, permission=public, quota=Quota.READ),
        ]

    async def stations(self, _call: Call) -> dict[str, Any]:
        """List the stations."""
        found = map(self.read_model.require, self.read_model.slugs())
        return {"stations": [views.station(known, self.urls).wire() for known in found]}

    async def station(self, call: Call) -> StationView:
        """Show a station."""
        return views.station(self.read_model.require(call.slug), self.urls)

    async def now_playing(self, call: Call) -> NowPlayingView:
        """Show what a station is doing now."""
        return self._now_playing(call.slug)

    async def plays(self, call: Call) -> dict[str, Any]:
        """List a station's newest plays, newest first."""
        known = self.read_model.require(call.slug)
        found = await self.history.newest(known.row.id, call.number("limit", DEFAULT_HISTORY))
        return {"history": [views.play(entry).wire() for entry in found]}

    async def post_metadata(self, call: Call) -> NowPlayingView:
        """Set the title that is heard now, or the show and the host."""
        self.read_model.require(call.slug)
        await self.onair.post_metadata(call.slug, await call.body(MetadataRequest), call.by)
        return self._now_playing(call.slug)

    async def azuracast_all(self, _call: Call) -> list[Any]:
        """Show what every station is doing, in AzuraCast's shape."""
        return [self._azuracast(slug) for slug in self.read_model.slugs()]

    async def azuracast(self, call: Call) -> dict[str, Any]:
        """Show what a station is doing, in AzuraCast's shape."""
        return self._azuracast(call.slug)

    def _now_playing(self, slug: str) -> NowPlayingView:
        return views.now_playing(self.read_model.require(slug), self.hub.followers(slug), self.urls)

    def _azuracast(self, slug: str) -> dict[str, Any]:
        return azuracast.station(self.read_model.require(slug), self.urls, time.time())
