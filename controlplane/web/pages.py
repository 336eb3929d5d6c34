"""The pages, as they were built."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from controlplane.kernel.errors import NotFound

STATIC = Path(__file__).parent / "static"
PAGES = {
    "/": "index.html",
    "/s/{slug}": "index.html",
    "/studio": "studio.html",
    "/admin": "admin.html",
    "/docs": "docs.html",
}
SELF_ONLY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'self'"
)
"""For pages with other people's code and no player: nothing inline, nothing from elsewhere."""
POLICIES = {"docs.html": SELF_ONLY}
NOT_FOUND = "not-found.html"
HTML = "text/html"
NO_CACHE = {"Cache-Control": "no-cache"}


class Pages:
    """The files of a directory, as `make web` fills it."""

    def __init__(self, directory: Path = STATIC) -> None:
        self._directory = directory
        missing = directory / NOT_FOUND
        self._not_found = missing.read_text(encoding="utf-8") if missing.is_file() else ""

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the pages, and what they load."""
        for path, name in PAGES.items():
            router.add_get(path, self._answer_with(name))
        if (self._directory / "assets").is_dir():
            router.add_static("/assets", self._directory / "assets")

    def not_found(self, request: web.Request) -> web.StreamResponse | None:
        """Return the page for an unknown address that a browser was sent to; None for programs, which get JSON."""
        wanted = request.method in {"GET", "HEAD"} and HTML in request.headers.get("Accept", "")
        if not wanted or request.path.startswith("/api/") or not self._not_found:
            return None
        return web.Response(status=404, text=self._not_found, content_type=HTML, headers=NO_CACHE)

    def _answer_with(self, name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        file = self._directory / name
        built = file.is_file()
        policy = {"Content-Security-Policy": POLICIES[name]} if name in POLICIES else {}

        async def answer(_request: web.Request) -> web.StreamResponse:
            if not built:
                raise NotFound("the pages are not built: run `make web`, then start again")
            return web.FileResponse(file, headers={**NO_CACHE, **policy})

        return answer
