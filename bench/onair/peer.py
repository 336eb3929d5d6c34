"""The peer: a panel that polls Icecast, as most do.

AzuraCast polls each station every 10 s (settable from 5 to 60 s) and adds up to 5 s of jitter; LibreTime reads listener
counts every 120 s. Here twenty such pollers with random phases poll the same Icecast in the same run, and each
records when it first sees the change. The time that a panel then needs to update its pages is not counted.
"""

import asyncio
import random
import time
from collections.abc import Callable

import httpx

NAME = "polling every 10-15 s"
POLLERS = 20
INTERVAL_S = 10.0
JITTER_S = 5.0


async def notice(url: str, auth: tuple[str, str] | None, happened: Callable[[str], bool], since: float) -> list[float]:
    """Return each poller's delay in milliseconds, as if the pollers had been running before."""
    async with httpx.AsyncClient(auth=auth, timeout=5, trust_env=False) as http:

        async def poll() -> float:
            interval = INTERVAL_S + random.uniform(0, JITTER_S)
            await asyncio.sleep(random.uniform(0, interval))
            while not happened((await http.get(url)).text):
                await asyncio.sleep(INTERVAL_S + random.uniform(0, JITTER_S))
            return (time.monotonic() - since) * 1000

        return list(await asyncio.gather(*(poll() for _ in range(POLLERS))))
