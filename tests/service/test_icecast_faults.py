"""A faulty Icecast: malformed, oversized and slow responses."""

import asyncio
from contextlib import suppress

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.access.cache import AccessCache
from controlplane.features.onair.sources.feed import StatsFeed
from controlplane.features.stations.service import Stations
from controlplane.icecast import client
from controlplane.icecast.client import IcecastClient
from controlplane.kernel.stations import NewStation
from tests.support import loopback
from tests.support.running import Running
from tests.support.scripted_icecast import STATS, ScriptedIcecast
from tests.support.waiting import until

MOUNTS = 17_000
BIG = (
    b"<icestats>"
    + b"".join(
        b'<source mount="/m%d.mp3"><listeners>1</listeners><stream_start_iso8601>S</stream_start_iso8601></source>' % i
        for i in range(MOUNTS)
    )
    + b"</icestats>"
)


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
        (STATS[:90], 200),
        (STATS, 401),
        (STATS, 500),
        (b"x" * 5_000_000, 200),
    ],
    ids=["html", "empty", "cut off", "refused", "broken", "too big"],
)
async def test_the_last_good_state_survives_bad_statistics(
    running: Running, icecast: ScriptedIcecast, body: bytes, status: int
) -> None:
    assert await poll(running) == (3, False)
    icecast.body, icecast.status = body, status
    assert await poll(running) == (3, True)
    icecast.body, icecast.status = STATS, 200
    assert await poll(running) == (3, False)


async def test_a_slow_statistics_response_is_abandoned(running: Running, icecast: ScriptedIcecast) -> None:
    running.parts.poller.client = IcecastClient(running.kit.icecast.http, timeout_s=0.5)
    icecast.drip_s = 0.2
    async with asyncio.timeout(5):
        assert await poll(running) == (0, True)


async def test_large_statistics_are_read_in_turn_with_other_tasks() -> None:
    assert len(BIG) < client.MAX_ANSWER_BYTES
    turns = 0

    async def take_turns() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    # Without a network in between, turns are those that reading the answer leaves to others.
    at_once = httpx.MockTransport(lambda _request: httpx.Response(200, stream=httpx.ByteStream(BIG)))
    async with loopback.AsyncClient(base_url="http://icecast", transport=at_once) as http:
        other = asyncio.create_task(take_turns())
        read = await IcecastClient(http).stats()
        other.cancel()
    assert len(read.mounts) == MOUNTS
    assert turns >= MOUNTS / client.MOUNTS_PER_SLICE


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
    await until(lambda: len(served) >= len(garbage), within_s=20)
    assert not following.done()
    following.cancel()
    with suppress(asyncio.CancelledError):
        await following
    server.close()
    await server.wait_closed()


async def test_polling_any_number_of_stations_is_one_request(
    running: Running, icecast: ScriptedIcecast, engine: AsyncEngine
) -> None:
    for number in range(30):
        await Stations(engine, AccessCache(engine)).add(NewStation(slug=f"s{number}"))
    await running.load_stations()
    before = icecast.requests
    await running.parts.poller.poll()
    assert icecast.requests == before + 1
