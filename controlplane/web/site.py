"""Files that browsers, phones and search engines fetch beside the pages: icons, pictures, manifest and robots.txt."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson
from aiohttp import web

from controlplane.kernel.errors import Busy
from controlplane.kernel.permissions import Permission
from controlplane.kernel.quotas import Quota
from controlplane.protocol.pictures import SIZES, IconQuery
from controlplane.web import artwork
from controlplane.web.head import SITE
from controlplane.web.routes import Call, Route, get

MANIFEST = "application/manifest+json"
KEPT = {"Cache-Control": "public, max-age=86400"}
"""A picture changes with the program that draws it, and not before."""
FAVICON_SIZE = 48
MAX_KEPT = 512
MAX_WAITING = 20
ROBOTS = "User-agent: *\nDisallow: /admin\nDisallow: /studio\nDisallow: /api/\n"


@dataclass(slots=True)
class Pictures:
    """Draws pictures one at a time, in a thread: each takes a tenth of a second. The newest are kept."""

    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _kept: dict[tuple[str, int], bytes] = field(default_factory=dict)
    _waiting: int = 0

    async def icon(self, name: str, side: int) -> web.Response:
        """Return a name's roundel as a square PNG."""
        return await self._picture((name, side), lambda: artwork.icon(name, side))

    async def card(self, name: str) -> web.Response:
        """Return the picture of a link's preview."""
        return await self._picture((name, 0), lambda: artwork.card(name))

    async def _picture(self, key: tuple[str, int], draw: Callable[[], bytes]) -> web.Response:
        picture = self._kept.get(key) or await self._drawn(key, draw)
        return web.Response(body=picture, content_type=artwork.PNG, headers=KEPT)

    async def _drawn(self, key: tuple[str, int], draw: Callable[[], bytes]) -> bytes:
        if self._waiting >= MAX_WAITING:
            raise Busy("too many pictures are being drawn: try again in a moment", 1)
        self._waiting += 1
        try:
            async with self._turn:
                kept = self._kept.get(key)
                picture = kept if kept is not None else await asyncio.to_thread(draw)
        finally:
            self._waiting -= 1
        while len(self._kept) >= MAX_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[key] = picture
        return picture


@dataclass(frozen=True, slots=True)
class SiteRoutes:
    """The site's own icons, its manifest and its rules for robots."""

    pictures: Pictures

    def routes(self) -> list[Route]:
        """List the routes."""
        public, read = Permission.PUBLIC, Quota.READ
        return [
            get("/favicon.ico", self.favicon, permission=public, quota=read, media=artwork.PNG),
            get("/icon.png", self.icon, permission=public, quota=read, query=IconQuery, media=artwork.PNG),
            get("/card.png", self.card, permission=public, quota=read, media=artwork.PNG),
            get("/manifest.webmanifest", self.manifest, permission=public, quota=read, media=MANIFEST),
            get("/robots.txt", self.robots, permission=public, quota=read, media="text/plain"),
        ]

    async def favicon(self, _call: Call) -> web.Response:
        """Give the site's icon to browsers that do not look for it in the page."""
        return await self.pictures.icon(SITE, FAVICON_SIZE)

    async def icon(self, call: Call) -> web.Response:
        """Give the site's icon, a PNG."""
        return await self.pictures.icon(SITE, call.query(IconQuery).size)

    async def card(self, _call: Call) -> web.Response:
        """Give the picture of the site in a link's preview, a PNG of 1200 by 630 pixels."""
        return await self.pictures.card(SITE)

    async def manifest(self, _call: Call) -> web.Response:
        """Give the manifest, by which the site can be put on a home screen."""
        icons = [
            {"src": f"/icon.png?size={side}", "sizes": f"{side}x{side}", "type": artwork.PNG, "purpose": purpose}
            for side in SIZES[-2:]
            for purpose in ("any", "maskable")
        ]
        colours = {"theme_color": "#232a63", "background_color": "#0b0d1c"}
        names = {"id": "/", "name": SITE, "short_name": "Awaz", "start_url": "/", "scope": "/", "display": "standalone"}
        body = orjson.dumps({**names, **colours, "icons": icons})
        return web.Response(body=body, content_type=MANIFEST, headers=KEPT)

    async def robots(self, _call: Call) -> web.Response:
        """Give the rules for search engines: listeners' pages may be read, the rest has nothing for them."""
        return web.Response(text=ROBOTS, headers=KEPT)
