"""Polling of Icecast: on demand, within a bounded share of a core."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from controlplane.features.onair.sources.poller import MAX_CPU_SHARE, Poller
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.parse import MountStats, Stats
from controlplane.kernel.errors import Upstream
from tests.support.running import Running
from tests.support.waiting import until

COST_S = 0.02
WAITING = {"/offair/awaz.mp3": MountStats("S", 1), "/offair/awaz.aac": MountStats("S", 2)}
# Far longer than the pause after a poll, also where reading it took more than what it costs.
PAUSED_S = 60.0


@dataclass(frozen=True, slots=True)
class CostlyClient(IcecastClient):
    """A client whose responses take a known CPU time to parse."""

    async def stats(self) -> Stats:
        until = time.thread_time() + COST_S
        while time.thread_time() < until:
            pass
        return Stats({"/awaz.mp3": MountStats("S", 3), "/awaz.aac": MountStats("S", 4), **WAITING})

    async def listeners(self, mount: str) -> tuple[int, int]:
        raise Upstream(f"{mount} is not looked at here")


@dataclass(frozen=True, slots=True)
class RelayedClient(CostlyClient):
    """A client of an Icecast whose AAC mount has a relay among its four connections."""

    async def listeners(self, mount: str) -> tuple[int, int]:
        return {"/awaz.mp3": (3, 3), "/awaz.aac": (4, 3)}[mount]


@pytest.fixture
async def polling(running: Running) -> AsyncIterator[Poller]:
    client = CostlyClient(running.kit.icecast.http)
    clock = running.clock
    poller = Poller(client, running.onair, running.parts.titler, running.metrics, clock, clock.sleep)
    task = asyncio.create_task(poller.run())
    yield poller
    task.cancel()


def polled(running: Running) -> float:
    return running.metric("awaz_icecast_polls_total")


async def run_what_is_ready() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_listeners_of_every_format_and_of_the_off_air_mounts_are_counted(
    running: Running, polling: Poller
) -> None:
    polling.ask()
    await until(lambda: polled(running) == 1)
    assert running.parts.read_model.require("awaz").listeners == 3 + 4 + 1 + 2


async def test_relays_of_any_format_are_no_listeners(running: Running) -> None:
    clock = running.clock
    client = RelayedClient(running.kit.icecast.http)
    poller = Poller(client, running.onair, running.parts.titler, running.metrics, clock, clock.sleep)
    await poller.poll()
    # When counts are not held any more for those whom Icecast moves between mounts.
    clock.advance(10.0)
    await poller.poll()
    assert running.parts.read_model.require("awaz").listeners == 3 + 3 + 1 + 2


async def test_constant_poll_requests_stay_within_the_cpu_share(running: Running, polling: Poller) -> None:
    polling.ask()
    await until(lambda: polled(running) == 1)
    polling.ask()
    running.clock.advance(COST_S / MAX_CPU_SHARE - 0.001)
    await run_what_is_ready()
    assert polled(running) == 1
    running.clock.advance(PAUSED_S)
    await until(lambda: polled(running) == 2)


async def test_a_poll_request_after_a_pause_is_served_at_once(running: Running, polling: Poller) -> None:
    polling.ask()
    await until(lambda: polled(running) == 1)
    running.clock.advance(PAUSED_S)
    polling.ask()
    await until(lambda: polled(running) == 2)
