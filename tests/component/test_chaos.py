"""Flaky clients of a daemon that is killed and restarted: no event is lost silently."""

import asyncio
import random
import socket
from collections.abc import Iterator
from functools import partial
from operator import gt

import httpx
import pytest

from tests.support import loopback
from tests.support.daemon_on_air import DaemonOnAir, daemon_on_air
from tests.support.daemon_process import DaemonProcess, unlimited
from tests.support.delivery_log import conflicting_bodies, out_of_order, received_positions, reported_gaps
from tests.support.flaky_client import SMALLEST_BUFFER, FlakyClient
from tests.support.raw_socket import RawSocket
from tests.support.waiting import until, within

CLIENTS = 40
FAULTS_WITHIN_S = 60.0
LONG_TITLE = "a title that goes on and on " * 6
SEED = 20_261


@pytest.fixture
def platform() -> Iterator[DaemonOnAir]:
    limits = unlimited("GUEST", "HANDSHAKE", "READ", "JOIN", "CONTROL")
    # A backlog so small that stalling clients are disconnected, and return within the history.
    with daemon_on_air(AWAZ__GATEWAY__BACKLOG_EVENTS="20", **limits) as started:
        yield started


def slow_client_disconnects(daemon: DaemonProcess) -> float:
    """Return how many clients the daemon has disconnected as too slow."""
    metrics = loopback.get(daemon.url + "/metrics").text
    start = 'awaz_connections_closed_total{reason="slow_client"} '
    return sum(float(line.removeprefix(start)) for line in metrics.splitlines() if line.startswith(start))


async def report_tracks(platform: DaemonOnAir, stop: asyncio.Event) -> int:
    """Report tracks as fast as the daemon accepts them; return their number."""
    reported = 0
    while not stop.is_set():
        try:
            await asyncio.to_thread(platform.report_track, f"{reported} {LONG_TITLE}")
            reported += 1
        except httpx.TransportError:
            await asyncio.sleep(0.05)
    return reported


async def until_all_connected(clients: list[FlakyClient]) -> None:
    """Wait until every client has connected once more."""
    before = [client.connections for client in clients]
    await until(lambda: all(map(gt, (client.connections for client in clients), before)), FAULTS_WITHIN_S)


async def until_a_stalled_client_is_cut(daemon: DaemonProcess) -> None:
    """Follow the station without reading, until the daemon disconnects the client as too slow."""
    stalled = await RawSocket.authenticated(daemon.url, await asyncio.to_thread(daemon.guest))
    await stalled.call("stream:join", {"station": "awaz"})
    stalled.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST_BUFFER)
    stalled.stop_reading()
    await within(FAULTS_WITHIN_S, partial(slow_client_disconnects, daemon))
    await stalled.close()


async def test_clients_get_each_event_once_in_order_or_an_explicit_gap(platform: DaemonOnAir) -> None:
    daemon = platform.daemon
    tokens = [await asyncio.to_thread(daemon.guest) for _ in range(CLIENTS)]
    rngs = [random.Random(SEED + index) for index in range(CLIENTS)]
    clients = [FlakyClient(daemon.url, token, rng) for token, rng in zip(tokens, rngs, strict=True)]
    stop, stop_tracks = asyncio.Event(), asyncio.Event()
    runs = [asyncio.create_task(client.run(stop)) for client in clients]
    reporting = asyncio.create_task(report_tracks(platform, stop_tracks))
    for stop_daemon in (daemon.kill, daemon.terminate, daemon.kill):
        await until_all_connected(clients)
        await asyncio.to_thread(stop_daemon)
        await asyncio.to_thread(daemon.restart)
    await until_all_connected(clients)
    await until_a_stalled_client_is_cut(daemon)
    stop_tracks.set()
    reported = await reporting
    stop.set()
    await asyncio.gather(*runs)
    await asyncio.gather(*(client.catch_up() for client in clients))

    assert [gap for client in clients for gap in client.silent_gaps] == []
    assert [problem for client in clients for problem in out_of_order(client)] == []
    assert conflicting_bodies(clients) == []
    assert len({(client.epoch, client.seq) for client in clients}) == 1
    # There was something to lose.
    assert reported > 100
    assert len(received_positions(clients)) > 100
    assert reported_gaps(clients) >= 2 * CLIENTS - 2
    assert "Traceback" not in daemon.log()
