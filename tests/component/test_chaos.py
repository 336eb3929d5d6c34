"""Clients that come, stall, vanish and return while a daemon is killed and started under them: nothing silent is lost."""

import asyncio
import random
import time
from collections.abc import Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.support.daemon_process import DaemonProcess
from tests.support.delivery_log import gaps, told, conflicting_bodies, out_of_order
from tests.support.fake_icecast import FakeIcecast
from tests.support.flaky_client import FlakyClient

CLIENTS = 40
PLENTY = "1000000/second per address"
SPELL_S = 4.0
LONG_TITLE = "a title that goes on and on " * 6
SEED = 20_261


@pytest.fixture
def house() -> Iterator[tuple[DaemonProcess, FakeIcecast]]:
    """A daemon whose station is on air, and what puts it there."""
    with ExitStack() as stack:
        icecast = FakeIcecast.start()
        stack.callback(icecast.stop)
        icecast.put_on_air("awaz")
        daemon = DaemonProcess.start(
            None,
            AWAZ__ICECAST__PORT=str(icecast.port),
            # Few enough that a client which stalls is cut off, and comes back to what is still remembered.
            AWAZ__GATEWAY__BACKLOG_EVENTS="20",
            **{f"AWAZ__LIMITS__{name}": PLENTY for name in ("GUEST", "HANDSHAKE", "READ", "JOIN", "CONTROL")},
        )
        stack.callback(daemon.stop)
        daemon.awaz("station", "add", "awaz", "--no-wait")
        until_on_air(daemon)
        yield daemon, icecast


def until_on_air(daemon: DaemonProcess) -> None:
    deadline = time.monotonic() + 20
    path = f"{daemon.url}/api/v1/stations/awaz/now-playing"
    while httpx.get(path, trust_env=False).json().get("on_air") != "autodj":
        assert time.monotonic() < deadline, daemon.log()
        time.sleep(0.05)  # another process: there is no event of its to wait for


def cut_for_slowness(daemon: DaemonProcess) -> float:
    """Return how many clients the daemon has cut because they did not keep up."""
    figures = httpx.get(daemon.url + "/metrics", trust_env=False).text
    start = 'awaz_connections_closed_total{reason="slow client"} '
    return sum(float(line.removeprefix(start)) for line in figures.splitlines() if line.startswith(start))


async def play(daemon: DaemonProcess, icecast: FakeIcecast, over: asyncio.Event) -> int:
    """Let one track follow another as fast as they are taken; return how many were."""
    played = 0
    while not over.is_set():
        try:
            await asyncio.to_thread(icecast.report_track, daemon, "awaz", f"{played} {LONG_TITLE}")
            played += 1
        except httpx.TransportError:
            await asyncio.sleep(0.05)
    return played


async def test_clients_get_each_event_once_in_order_or_an_explicit_gap(
    house: tuple[DaemonProcess, FakeIcecast],
) -> None:
    daemon, icecast = house
    tokens = [await asyncio.to_thread(daemon.guest) for _ in range(CLIENTS)]
    chances = [random.Random(SEED + place) for place in range(CLIENTS)]  # noqa: S311 - to be had again
    clients = [FlakyClient(daemon.url, token, chance) for token, chance in zip(tokens, chances, strict=True)]
    over, quiet = asyncio.Event(), asyncio.Event()
    wandering = [asyncio.create_task(client.wander(over)) for client in clients]
    playing = asyncio.create_task(play(daemon, icecast, quiet))
    slow = 0.0
    for end in (daemon.kill, daemon.terminate, daemon.kill):
        await asyncio.sleep(SPELL_S)
        slow += await asyncio.to_thread(cut_for_slowness, daemon)
        await asyncio.to_thread(end)
        await asyncio.to_thread(daemon.restart)
    await asyncio.sleep(SPELL_S)
    slow += await asyncio.to_thread(cut_for_slowness, daemon)
    quiet.set()
    played = await playing
    over.set()
    await asyncio.gather(*wandering)
    await asyncio.gather(*(client.catch_up() for client in clients))

    assert [hole for client in clients for hole in client.holes] == []
    assert [wrong for client in clients for wrong in out_of_order(client)] == []
    assert conflicting_bodies(clients) == []
    assert len({(client.epoch, client.seq) for client in clients}) == 1
    # What it was all about did happen.
    assert slow > 0
    assert played > 100
    assert len(told(clients)) > 100
    assert min(client.lives for client in clients) > 3
    assert gaps(clients) >= 2 * CLIENTS - 2
    assert "Traceback" not in daemon.log()
