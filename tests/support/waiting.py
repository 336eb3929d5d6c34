"""Waiting for a state that no event announces."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

LOOK_EVERY_S = 0.005
# A look at another process is a request, a command or a file.
LOOK_OUTSIDE_EVERY_S = 0.05


async def until(condition: Callable[[], object], within_s: float = 5.0) -> None:
    """Wait until a condition of this process holds; raise TimeoutError if it does not in time."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(LOOK_EVERY_S)


def wait_until(
    look: Callable[[], Found], within_s: float = 10.0, describe: Callable[[], object] = lambda: "it did not come about"
) -> Found:
    """Block until what is seen of another process is truthy, and return it; raise TimeoutError with a description."""
    deadline = time.monotonic() + within_s
    while not (found := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"within {within_s:g} s: {describe()}")
        time.sleep(LOOK_OUTSIDE_EVERY_S)
    return found


async def within(seconds: float, look: Callable[[], Found]) -> Found:
    """As `wait_until`, in a thread: the events of watchers are received meanwhile."""
    return await asyncio.to_thread(wait_until, look, seconds)
