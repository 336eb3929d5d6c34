"""What is on air, for those who ask: over HTTP, and on joining a station's room."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.api import MetadataRequest, NowPlayingView, Snapshot, StationView
from controlplane.db import audit
from controlplane.db import onair as table
from controlplane.db.engine import now_ms, reading
from controlplane.db.stations import StationRow
from controlplane.errors import Conflict, InvalidInput, NotFound
from controlplane.onair import titles
from controlplane.onair.service import OnAir
from controlplane.onair.state import MetadataPosted, Station
from controlplane.onair.views import play
from controlplane.permissions import Permission
from controlplane.quotas import Quota
from controlplane.web.routes import API, Call, Route

HISTORY = 20
HISTORY_MOST = 100
NAME_BYTES = 160


@dataclass(frozen=True, slots=True)
class OnAirHandlers:
    """HTTP and snapshots for what is on air."""

    onair: OnAir
    engine: AsyncEngine

    def routes(self) -> list[Route]:
        """List the routes."""
        public, post = Permission.PUBLIC, Permission.STATION_SET_METADATA
        station = f"{API}/stations/{{slug}}"
        return [
            Route("GET", f"{API}/stations", public, self.stations),
            Route("GET", station, public, self.station, None, StationView),
            Route("GET", f"{station}/now-playing", public, self.now_playing, None, NowPlayingView),
            Route("GET", f"{station}/history", public, self.history, numbers={"limit": HISTORY_MOST}),
            Route(
                "POST", f"{station}/metadata", post, self.post_metadata, MetadataRequest, NowPlayingView, Quota.WRITE
            ),
            Route("GET", "/api/nowplaying", public, self.azuracast_all),
            Route("GET", "/api/nowplaying/{slug}", public, self.azuracast),
        ]

    async def stations(self, _call: Call) -> dict[str, Any]:
        """List the stations."""
        found = [self._find(slug) for slug in sorted(self.onair.slugs())]
        return {"stations": [self.onair.views.station(*entry).wire() for entry in found]}

    async def station(self, call: Call) -> StationView:
        """Show a station."""
        return self.onair.views.station(*self._find(call.slug))

    async def now_playing(self, call: Call) -> NowPlayingView:
        """Tell what a station is doing now."""
        return self.onair.views.now_playing(*self._find(call.slug))

    async def history(self, call: Call) -> dict[str, Any]:
        """List a station's newest plays, newest first."""
        row, _ = self._find(call.slug)
        limit = call.number("limit", HISTORY)
        async with reading(self.engine) as connection:
            plays = await table.history(connection, row.id, limit)
        return {"history": [play(entry).wire() for entry in plays]}

    async def post_metadata(self, call: Call) -> NowPlayingView:
        """Say what is heard now, or who presents it."""
        self._find(call.slug)
        asked = await call.body(MetadataRequest)

        async def note(connection: AsyncConnection, posted: MetadataPosted) -> None:
            said = (posted.title.icy if posted.title is not None else None) or posted.show or posted.host or ""
            await audit.note(connection, now_ms(), call.by, "metadata.set", said, station=call.slug)

        await self.onair.post(call.slug, lambda station: self._posted(asked, station), note)
        return self.onair.views.now_playing(*self._find(call.slug))

    async def azuracast_all(self, _call: Call) -> list[Any]:
        """Tell what every station is doing, in AzuraCast's shape."""
        return [self._azuracast(slug) for slug in sorted(self.onair.slugs())]

    async def azuracast(self, call: Call) -> dict[str, Any]:
        """Tell what a station is doing, in AzuraCast's shape."""
        return self._azuracast(call.slug)

    def snapshot(self, slug: str) -> Snapshot:
        """Make the snapshot of a station, from memory and in one piece; raise NotFound."""
        return self.onair.views.snapshot(*self._find(slug), self.onair.recent(slug))

    def _azuracast(self, slug: str) -> dict[str, Any]:
        return self.onair.views.azuracast(*self._find(slug), self.onair.recent(slug))

    def _find(self, slug: str) -> tuple[StationRow, Station]:
        found = self.onair.get(slug)
        if found is None:
            raise NotFound(f"there is no station {slug[:40]!r}")
        return found

    @staticmethod
    def _posted(asked: MetadataRequest, station: Station) -> MetadataPosted:
        if station.broadcast is None:
            raise Conflict("the station is off air: there is nothing to name")
        named = None
        if asked.title is not None or asked.artist is not None:
            now = station.now.title if station.now is not None else titles.Title("")
            artist = now.artist if asked.artist is None else asked.artist
            named = titles.Title(
                titles.clean(now.title if asked.title is None else asked.title),
                titles.clean(artist, titles.ARTIST_BYTES),
            )
            if not named.title:
                raise InvalidInput("title: must have at least one visible character")
        show = None if asked.show is None else titles.clean(asked.show, NAME_BYTES)
        host = None if asked.host is None else titles.clean(asked.host, NAME_BYTES)
        if named is None and show is None and host is None:
            raise InvalidInput("body: name at least one of title, artist, show, host")
        return MetadataPosted(named, show, host)
