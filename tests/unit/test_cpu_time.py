"""CPU time of coroutines."""

import asyncio
import time

import pytest

from controlplane.runtime.cpu_time import CpuTimed


def burn(seconds: float) -> None:
    deadline = time.thread_time() + seconds
    while time.thread_time() < deadline:
        pass


async def test_cpu_time_excludes_waiting_and_other_tasks() -> None:
    async def work() -> str:
        burn(0.02)
        await asyncio.sleep(0.05)
        burn(0.02)
        return "done"

    async def other_work() -> None:
        while True:
            burn(0.01)
            await asyncio.sleep(0)

    busy = asyncio.create_task(other_work())
    timed = CpuTimed(work())
    assert await timed == "done"
    busy.cancel()
    assert 0.04 <= timed.cpu_s < 0.06


async def test_exceptions_and_cancellation_pass_through() -> None:
    async def work() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)

    with pytest.raises(TimeoutError):
        await CpuTimed(work())
    task = asyncio.ensure_future(CpuTimed(asyncio.sleep(10)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
