"""Polling of Icecast: on demand, within a bounded share of a core."""

import asyncio
import time
from dataclasses import dataclass, field

from controlplane.features.onair.sources.poller import MAX_CPU_SHARE, Poller
from controlplane.icecast.client import IcecastClient
from controlplane.icecast.parse import MountStats, Stats
from controlplane.kernel.errors import Upstream
from tests.support.running import Running

COST_S = 0.02
RUN_S = 2.0


@dataclass(frozen=True, slots=True)
class CostlyClient(IcecastClient):
    """A client whose responses take a known CPU time to parse."""

    polls: list[float] = field(default_factory=list)

    async def stats(self) -> Stats:
        self.polls.append(time.monotonic())
        until = time.thread_time() + COST_S
        while time.thread_time() < until:
            pass
        return Stats({"/awaz.mp3": MountStats("S", 3)})

    async def listeners(self, mount: str) -> tuple[int, int]:
        raise Upstream(f"{mount} is not looked at here")


def poller(running: Running) -> tuple[Poller, list[float]]:
    client = CostlyClient(running.kit.icecast.http)
    return Poller(client, running.onair, running.parts.titler, running.metrics, running.clock), client.polls


async def test_constant_poll_requests_stay_within_the_cpu_share(running: Running) -> None:
    polling, polls = poller(running)
    task = asyncio.create_task(polling.run())
    began = time.monotonic()
    while time.monotonic() - began < RUN_S:
        polling.ask()
        await asyncio.sleep(0.001)
    task.cancel()
    assert 2 <= len(polls) <= 1 + RUN_S * MAX_CPU_SHARE / COST_S


async def test_a_poll_request_after_a_pause_is_served_at_once(running: Running) -> None:
    polling, polls = poller(running)
    task = asyncio.create_task(polling.run())
    for _ in range(2):
        polling.ask()
        await asyncio.sleep(COST_S / MAX_CPU_SHARE + 0.1)
    requested = time.monotonic()
    polling.ask()
    async with asyncio.timeout(5):
        while len(polls) < 3:
            await asyncio.sleep(0)
    task.cancel()
    assert polls[-1] - requested < COST_S / MAX_CPU_SHARE
