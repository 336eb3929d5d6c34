"""An Icecast whose statistics a test writes: malformed, oversized and slow ones too."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from aiohttp.test_utils import TestServer

STATS = b"""<icestats><server_start_iso8601>G</server_start_iso8601><source mount="/awaz.mp3"><listeners>3</listeners>
<stream_start_iso8601>S</stream_start_iso8601></source></icestats>"""


@dataclass
class ScriptedIcecast:
    """Answers /admin/stats; `drip_s` is a pause after every eight bytes."""

    body: bytes = STATS
    status: int = 200
    drip_s: float = 0.0
    requests: int = 0

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Answer on a free port; yields the base URL."""
        app = web.Application()
        app.router.add_get("/admin/stats", self._stats)
        server = TestServer(app)
        await server.start_server(shutdown_timeout=0.1)
        yield str(server.make_url("/"))
        await server.close()

    async def _stats(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        response = web.StreamResponse(status=self.status)
        await response.prepare(request)
        pieces = [self.body[at : at + 8] for at in range(0, len(self.body), 8)] if self.drip_s else [self.body]
        for piece in pieces:
            await response.write(piece)
            await asyncio.sleep(self.drip_s)
        return response
