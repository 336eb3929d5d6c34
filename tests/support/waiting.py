"""Waiting for a state that no event announces."""

import asyncio
from collections.abc import Callable

LOOK_EVERY_S = 0.005


async def until(condition: Callable[[], object], within_s: float = 5.0) -> None:
    """Wait until a condition holds; raise TimeoutError if it does not in time."""
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(LOOK_EVERY_S)
