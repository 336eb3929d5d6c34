"""Questions to the database that many ask at once, as when a crowd returns: put together and asked as one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from controlplane.errors import Upstream

EVERY_S = 0.05
"""Nobody who comes alone waits for it; of a crowd, all who come within it are one question."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Batch(Generic[K, V]):
    keys: set[K] = field(default_factory=set)
    found: dict[K, V] | None = None
    failed: Upstream | None = None


@dataclass(slots=True)
class Lookups(Generic[K, V]):
    """Finds values by key; `ask` finds those of many, and leaves out what is not there."""

    ask: Callable[[set[K]], Awaitable[dict[K, V]]]
    _next: _Batch[K, V] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _asked_at: float = 0.0

    async def find(self, key: K) -> V | None:
        """Return what there is of a key; raise Upstream."""
        batch = self._next = self._next or _Batch()
        batch.keys.add(key)
        async with self._turn:
            # Whoever has the turn asks for all; if that one goes away meanwhile, the next of them does.
            if batch.found is None and batch.failed is None:
                await self._ask(batch)
        if batch.failed is not None:
            raise batch.failed
        return (batch.found or {}).get(key)

    async def _ask(self, batch: _Batch[K, V]) -> None:
        await asyncio.sleep(max(0.0, self._asked_at + EVERY_S - time.monotonic()))
        if self._next is batch:
            self._next = None
        try:
            batch.found = await self.ask(batch.keys)
        except Upstream as error:
            batch.failed = error
        finally:
            self._asked_at = time.monotonic()
