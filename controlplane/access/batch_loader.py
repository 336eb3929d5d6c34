"""Batches lookups: many clients that come at once, as after a restart, cost the database one query."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from controlplane.kernel.errors import Upstream

BATCH_INTERVAL_S = 0.05
"""A single lookup does not wait for it; those of a crowd that come within it are one batch."""

K = TypeVar("K")
V = TypeVar("V")


@dataclass(slots=True)
class _Batch(Generic[K, V]):
    keys: set[K] = field(default_factory=set)
    found: dict[K, V] | None = None
    failed: Upstream | None = None


@dataclass(slots=True)
class BatchLoader(Generic[K, V]):
    """Loads values by key; `query` loads those of many keys, and leaves out those that do not exist."""

    query: Callable[[set[K]], Awaitable[dict[K, V]]]
    interval_s: float = BATCH_INTERVAL_S
    _next: _Batch[K, V] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _queried_at: float = float("-inf")

    async def load(self, key: K) -> V | None:
        """Return the value of a key, None if there is none; raise Upstream."""
        batch = self._next = self._next or _Batch()
        batch.keys.add(key)
        async with self._turn:
            # The first to have the lock queries for all of the batch; if it is cancelled, the next one does.
            if batch.found is None and batch.failed is None:
                await self._run(batch)
        if batch.failed is not None:
            raise batch.failed
        return (batch.found or {}).get(key)

    async def _run(self, batch: _Batch[K, V]) -> None:
        await asyncio.sleep(max(0.0, self._queried_at + self.interval_s - time.monotonic()))
        if self._next is batch:
            self._next = None
        try:
            batch.found = await self.query(batch.keys)
        except Upstream as error:
            batch.failed = error
        finally:
            self._queried_at = time.monotonic()
