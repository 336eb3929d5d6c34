"""What asynchronous work costs."""

import asyncio
import time

import pytest

from controlplane.cost import Counted


def burn(seconds: float) -> None:
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


async def test_only_the_work_itself_is_counted_and_neither_waits_nor_others() -> None:
    async def work() -> str:
        burn(0.02)
        await asyncio.sleep(0.05)
        burn(0.02)
        return "done"

    async def others() -> None:
        while True:
            burn(0.01)
            await asyncio.sleep(0)

    busy = asyncio.create_task(others())
    counted = Counted(work())
    assert await counted == "done"
    busy.cancel()
    assert 0.04 <= counted.cpu_s < 0.06


async def test_what_the_work_raises_and_what_is_thrown_into_it_passes_through() -> None:
    async def work() -> None:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)

    with pytest.raises(TimeoutError):
        await Counted(work())
    task = asyncio.ensure_future(Counted(asyncio.sleep(10)))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
