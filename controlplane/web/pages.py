"""The pages, as they were built."""

from collections.abc import Awaitable, Callable
from functools import cache
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


def page(name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return a handler that answers with a page; raises NotFound if the pages are not built."""
    file = STATIC / name
    built = file.is_file()
    policy = {"Content-Security-Policy": POLICIES[name]} if name in POLICIES else {}
    headers = {**NO_CACHE, **policy}

    async def answer(_request: web.Request) -> web.StreamResponse:
        if not built:
            raise NotFound("the pages are not built: run `make web`, then start again")
        return web.FileResponse(file, headers=headers)

    return answer


def not_found_page(request: web.Request) -> web.StreamResponse | None:
    """Return the page for an unknown address that a browser was sent to; None for programs, which get JSON."""
    wanted = request.method in {"GET", "HEAD"} and HTML in request.headers.get("Accept", "")
    if not wanted or request.path.startswith("/api/") or not _not_found_text():
        return None
    return web.Response(status=404, text=_not_found_text(), content_type=HTML, headers=NO_CACHE)


@cache
def _not_found_text() -> str:
    file = STATIC / NOT_FOUND
    return file.read_text(encoding="utf-8") if file.is_file() else ""
