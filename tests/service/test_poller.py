"""How often Icecast is polled: whenever something happens, for a bounded share of a core."""

import asyncio
import time
from dataclasses import dataclass

from controlplane.app import Daemon
from controlplane.errors import Upstream
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.parse import MountStats, Stats
from controlplane.icecast.poller import SHARE, Poller

COST_S = 0.02
RUN_S = 2.0


@dataclass(frozen=True, slots=True)
class Costly(IcecastClient):
    """An Icecast whose answers take a known time to read."""

    asked: list[float]

    async def stats(self) -> Stats:
        self.asked.append(time.monotonic())
        until = time.thread_time() + COST_S
        while time.thread_time() < until:
            pass
        return Stats({"/awaz.mp3": MountStats("S", 3)})

    async def listeners(self, mount: str) -> tuple[int, int]:
        raise Upstream(f"{mount} is not looked at here")


def poller(daemon: Daemon) -> tuple[Poller, list[float]]:
    costly = Costly(daemon.poller.client.http, [])
    return Poller(costly, daemon.onair, daemon.titler, daemon.insight), costly.asked


async def test_a_bell_that_rings_all_the_time_costs_no_more_than_its_share(daemon: Daemon) -> None:
    polling, asked = poller(daemon)
    running = asyncio.create_task(polling.run())
    began = time.monotonic()
    while time.monotonic() - began < RUN_S:
        polling.ask()
        await asyncio.sleep(0.001)
    running.cancel()
    assert 2 <= len(asked) <= 1 + RUN_S * SHARE / COST_S


async def test_the_first_ring_after_a_quiet_while_is_answered_at_once(daemon: Daemon) -> None:
    polling, asked = poller(daemon)
    running = asyncio.create_task(polling.run())
    for _ in range(2):
        polling.ask()
        await asyncio.sleep(COST_S / SHARE + 0.1)
    rung = time.monotonic()
    polling.ask()
    async with asyncio.timeout(5):
        while len(asked) < 3:
            await asyncio.sleep(0)
    running.cancel()
    assert asked[-1] - rung < COST_S / SHARE
