"""The pages, as they were built."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from hashlib import blake2b
from html import escape
from pathlib import Path

from aiohttp import ETag, web
from yarl import URL

from controlplane.kernel.errors import NotFound
from controlplane.web import policy
from controlplane.web.head import Head

STATIC = Path(__file__).parent / "static"
PAGES = {
    "/studio": "studio.html",
    "/studio/{slug}": "studio.html",
    "/studio/{slug}/{section:air|queue|playlists|library}": "studio.html",
    "/studio/{slug}/playlists/{id}": "studio.html",
    "/studio/{slug}/{section:people|invitations|keys|bans|settings|activity}": "studio.html",
    "/admin": "admin.html",
    "/admin/{section:stations|users|bans|health|activity}": "admin.html",
    "/admin/activity/{slug}": "admin.html",
    "/docs": "docs.html",
    "/docs/{section:examples|events|http}": "docs.html",
}
"""By their addresses, with the sections that the pages have; any other address is not found."""
REFERENCE = "docs.html"
EMBED = "embed.html"
EMBEDDED = "/embed/"
"""Below it are the pages that other sites may show in a frame."""
NOT_FOUND = "not-found.html"
ASSETS = "/assets/"
SDK = "/sdk/"
"""Scripts that other sites load from here."""
SDK_PARTS = f"{SDK}parts/"
"""Modules that those scripts load."""
PUSH_WORKER = "/push-worker.js"
HTML = "text/html"
NOT_BUILT = "the pages are not built: run `make web`, then start again"
HEAD_BEGIN, HEAD_END, STREAM, SHELL = "<!--head-->", "<!--/head-->", "<!--stream-->", "<!--shell-->"
"""Where a live page gets its head, the link to its stream for browsers without JavaScript, and what it shows first."""
REVALIDATED = {"Cache-Control": "no-cache"}
KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For files whose names change with what is in them."""


@dataclass(frozen=True, slots=True)
class LivePage:
    """A page with a head of its own for every request. `head` raises NotFound for an address that nothing is at."""

    path: str
    file: str
    head: Callable[[web.Request], Head]


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A page's HTML, and the directives that allow the scripts and styles in it."""

    text: str
    inline: str
    built_at_ns: int


class Pages:
    """The files of a directory, as `make web` fills it, for stations whose streams are below `audio_url`."""

    def __init__(self, audio_url: str, directory: Path = STATIC) -> None:
        self._audio_url = audio_url
        self._directory = directory
        self._built: dict[str, BuiltPage] = {}

    def add_to(self, router: web.UrlDispatcher, live: Iterable[LivePage]) -> None:
        """Add the pages, and what they load."""
        for path, name in PAGES.items():
            router.add_get(path, self._answer_with(name))
        for page in live:
            router.add_get(page.path, self._answer_live(page))
        router.add_get(PUSH_WORKER, self._worker)
        for path in (ASSETS, SDK):
            if (self._directory / path.strip("/")).is_dir():
                router.add_static(path, self._directory / path.strip("/"))

    def not_found(self, request: web.Request) -> web.StreamResponse | None:
        """Return the page for an unknown address that a browser was sent to; None for programs, which get JSON.

        With a slash at its end, an address leads to the one without.
        """
        path = request.path
        wanted = request.method in {"GET", "HEAD"} and HTML in request.headers.get("Accept", "")
        if not wanted or path.startswith("/api/"):
            return None
        # Two slashes at the beginning would name another host.
        if len(path) > 1 and path.endswith("/") and not path.startswith("//"):
            without = URL.build(path=path.rstrip("/"), query=request.query)
            return web.Response(status=308, headers={"Location": str(without)})
        try:
            built = self._page(NOT_FOUND)
        except NotFound:
            return None
        headers = self._headers(request, NOT_FOUND, built)
        return web.Response(status=404, text=built.text, content_type=HTML, headers=headers)

    async def _worker(self, _request: web.Request) -> web.StreamResponse:
        # A worker may act for the addresses below its own.
        return web.FileResponse(self._directory / PUSH_WORKER.lstrip("/"), headers=REVALIDATED)

    def _answer_with(self, name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            headers = self._headers(request, name, self._page(name))
            return web.FileResponse(self._directory / name, headers=headers)

        return answer

    def _answer_live(self, page: LivePage) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                head = page.head(request)
            except NotFound:
                missing = self.not_found(request)
                if missing is None:
                    raise
                return missing
            built = self._page(page.file)
            before, _, rest = built.text.partition(HEAD_BEGIN)
            after = rest.partition(HEAD_END)[2]
            stream = " ".join(f'<a href="{escape(url)}">{escape(url)}</a>' for url in head.streams)
            text = f"{before}{head.html()}{after.replace(STREAM, stream).replace(SHELL, head.shell)}"
            tag = ETag(blake2b(text.encode(), digest_size=12).hexdigest(), is_weak=True)
            headers = self._headers(request, page.file, built)
            if tag.value in (each.value for each in request.if_none_match or ()):
                response = web.Response(status=304, headers=headers)
                response.etag = tag
                return response
            response = web.Response(text=text, content_type=HTML, headers=headers)
            response.etag = tag
            if "gzip" in request.headers.get("Accept-Encoding", ""):
                response.enable_compression(web.ContentCoding.gzip)
            return response

        return answer

    def _page(self, name: str) -> BuiltPage:
        """Return a page as it was last built: that may have been while the daemon runs. Raise NotFound without it."""
        try:
            built_at_ns = (self._directory / name).stat().st_mtime_ns
            page = self._built.get(name)
            if page is None or page.built_at_ns != built_at_ns:
                text = (self._directory / name).read_text(encoding="utf-8")
                page = self._built[name] = BuiltPage(text, policy.inline_sources(text), built_at_ns)
        except FileNotFoundError as error:
            raise NotFound(NOT_BUILT) from error
        return page

    def _headers(self, request: web.Request, name: str, built: BuiltPage) -> dict[str, str]:
        host = request.headers.get("Host", "")
        inline = built.inline
        # A site that shows a station which is gone should show that, and not its browser's error.
        framed = policy.ANYWHERE if request.path.startswith(EMBEDDED) else policy.OURS
        page = policy.page(self._audio_url, host, inline, framed)
        allowed = policy.reference(inline) if name == REFERENCE else page
        return {**REVALIDATED, "Content-Security-Policy": allowed}
