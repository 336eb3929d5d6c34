"""A faulty Icecast: malformed, oversized and slow responses."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.features.onair.sources.feed import StatsFeed
from controlplane.features.stations.service import Stations
from controlplane.icecast import client
from controlplane.runtime.config import Settings
from tests.support.running import Running

GOOD = b"""<icestats><server_start_iso8601>G</server_start_iso8601><source mount="/awaz.mp3"><listeners>3</listeners>
<stream_start_iso8601>S</stream_start_iso8601></source></icestats>"""
BIG = (
    b"<icestats>"
    + b"".join(
        b'<source mount="/m%d.mp3"><listeners>1</listeners><stream_start_iso8601>S</stream_start_iso8601></source>' % i
        for i in range(17000)
    )
    + b"</icestats>"
)


class FakeIcecast:
    """Answers /admin/stats with a configurable response."""

    def __init__(self) -> None:
        self.body = GOOD
        self.status = 200
        self.drip_s = 0.0
        self.requests = 0

    async def stats(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        response = web.StreamResponse(status=self.status)
        await response.prepare(request)
        pieces = [self.body[at : at + 8] for at in range(0, len(self.body), 8)] if self.drip_s else [self.body]
        for piece in pieces:
            await response.write(piece)
            await asyncio.sleep(self.drip_s)
        return response


@pytest.fixture
async def icecast() -> AsyncIterator[tuple[FakeIcecast, TestServer]]:
    fake = FakeIcecast()
    app = web.Application()
    app.router.add_get("/admin/stats", fake.stats)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0.1)
    yield fake, server
    await server.close()


@pytest.fixture
async def running(
    settings: Settings, engine: AsyncEngine, icecast: tuple[FakeIcecast, TestServer]
) -> AsyncIterator[Running]:
    for place in (settings.data_dir / "programs", settings.data_dir / "liquidsoap"):
        place.mkdir()
    await Stations(engine, AccessCache(engine)).add("awaz", "Awaz", "", 128, None)
    async with httpx.AsyncClient(base_url=str(icecast[1].make_url("/")), timeout=5) as http:
        created = Running.build(settings, engine, http)
        await created.load_stations()
        yield created


async def poll(running: Running) -> tuple[int, bool]:
    await running.parts.poller.poll()
    found = running.onair.get("awaz")
    assert found is not None
    return found[1].listeners, found[1].icecast_down


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>502 Bad Gateway</html>", 200),
        (b"", 200),
        (GOOD[:90], 200),
        (GOOD, 401),
        (GOOD, 500),
        (b"x" * 5_000_000, 200),
    ],
    ids=["html", "empty", "cut off", "refused", "broken", "too big"],
)
async def test_the_last_good_state_survives_bad_statistics(
    running: Running, icecast: tuple[FakeIcecast, TestServer], body: bytes, status: int
) -> None:
    assert await poll(running) == (3, False)
    icecast[0].body, icecast[0].status = body, status
    assert await poll(running) == (3, True)
    icecast[0].body, icecast[0].status = GOOD, 200
    assert await poll(running) == (3, False)


async def test_a_slow_statistics_response_is_abandoned(
    running: Running, icecast: tuple[FakeIcecast, TestServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "ANSWER_TIMEOUT_S", 0.5)
    icecast[0].drip_s = 0.2
    began = time.monotonic()
    assert await poll(running) == (0, True)
    assert time.monotonic() - began < 5


async def test_large_statistics_do_not_block_the_event_loop(
    running: Running, icecast: tuple[FakeIcecast, TestServer]
) -> None:
    assert len(BIG) < client.MAX_ANSWER_BYTES
    icecast[0].body = BIG
    polling = asyncio.create_task(poll(running))
    ticks = 0
    while not polling.done():
        await asyncio.sleep(0.005)
        ticks += 1
    await polling
    # A poll that parsed on the event loop would allow one or two.
    assert ticks > 5


async def test_a_malformed_feed_is_dropped_and_retried(running: Running) -> None:
    garbage = [b"x" * 200_000, b"HTTP/1.0 401 No\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n" + b"EVENT " * 40_000, b""]
    served: list[bytes] = []

    async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        served.append(garbage[len(served) % len(garbage)])
        writer.write(served[-1])
        with suppress(ConnectionError):
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    feed = StatsFeed("127.0.0.1", server.sockets[0].getsockname()[1], "a:b", running.parts.poller)
    following = asyncio.create_task(feed.run())
    async with asyncio.timeout(20):
        while len(served) < len(garbage):
            await asyncio.sleep(0.05)
    assert not following.done()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    server.close()
    await server.wait_closed()


async def test_polling_any_number_of_stations_is_one_request(
    running: Running, icecast: tuple[FakeIcecast, TestServer], engine: AsyncEngine
) -> None:
    for number in range(30):
        await Stations(engine, AccessCache(engine)).add(f"s{number}", "", "", 128, None)
    await running.load_stations()
    before = icecast[0].requests
    await running.parts.poller.poll()
    assert icecast[0].requests == before + 1
