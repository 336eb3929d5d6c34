"""How often Icecast is polled: whenever something happens, for a bounded share of a core."""

import asyncio
import time
from dataclasses import dataclass

from controlplane.features.onair.sources.poller import MAX_CPU_SHARE, Poller
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.parse import MountStats, Stats
from controlplane.kernel.errors import Upstream
from tests.support.running import Running

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


def poller(daemon: Running) -> tuple[Poller, list[float]]:
    costly = Costly(daemon.parts.poller.client.http, [])
    return Poller(costly, daemon.onair, daemon.parts.titler, daemon.metrics), costly.asked


async def test_constant_poll_requests_stay_within_the_cpu_share(daemon: Running) -> None:
    polling, asked = poller(daemon)
    task = asyncio.create_task(polling.run())
    began = time.monotonic()
    while time.monotonic() - began < RUN_S:
        polling.ask()
        await asyncio.sleep(0.001)
    task.cancel()
    assert 2 <= len(asked) <= 1 + RUN_S * MAX_CPU_SHARE / COST_S


async def test_a_poll_request_after_a_pause_is_served_at_once(daemon: Running) -> None:
    polling, asked = poller(daemon)
    task = asyncio.create_task(polling.run())
    for _ in range(2):
        polling.ask()
        await asyncio.sleep(COST_S / MAX_CPU_SHARE + 0.1)
    rung = time.monotonic()
    polling.ask()
    async with asyncio.timeout(5):
        while len(asked) < 3:
            await asyncio.sleep(0)
    task.cancel()
    assert asked[-1] - rung < COST_S / MAX_CPU_SHARE
