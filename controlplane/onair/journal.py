"""The on-air record's way into the database: in order, retried, and never waited for by what is live."""

import asyncio
import math
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db.engine import writing
from controlplane.errors import Conflict, Upstream

log = structlog.get_logger()

Write = Callable[[AsyncConnection], Awaitable[None]]

LIMIT = 10_000
"""Writes kept while the database cannot be written: hours of a busy house, and a few megabytes."""
RETRY_S = 1.0
WAITS = "the on-air record waits to be written: try again in a moment"
TURN_WITHIN_S = 2.0
"""How long a request waits for the writes that are queued before its own."""


@dataclass(slots=True)
class Journal:
    """Keeps writes until the database has them."""

    engine: AsyncEngine
    _writes: deque[Write] = field(default_factory=deque)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _done: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _failing: bool = False

    def put(self, write: Write) -> None:
        """Have a write done after all that were put before."""
        if len(self._writes) >= LIMIT:
            log.error("on-air record lost: the database has been away for too long")
            return
        self._writes.append(write)
        self._done.clear()
        self._work.set()

    @property
    def failing(self) -> bool:
        """Whether the last write could not be done."""
        return self._failing

    async def run(self) -> None:
        """Write for ever."""
        while True:
            await self._work.wait()
            self._work.clear()
            await self.flush()

    async def flush(self) -> None:
        """Write all there is, waiting for the database as long as it takes."""
        while self._writes:
            try:
                async with self._turn:
                    await self._write_waiting()
            except Upstream as error:
                if not self._failing:
                    log.error("database cannot be written, on-air record waits", reason=str(error))
                self._failing = True
                await asyncio.sleep(RETRY_S)
                continue
            if self._failing:
                log.info("database can be written again")
            self._failing = False
        self._done.set()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose work comes after all that was put before, and before all that is put from now on.

        It is committed at the end, or not done at all. Raises Conflict, or Upstream where the database cannot be
        written: nobody who waits for an answer waits for as long as the record does.
        """
        try:
            async with asyncio.timeout(TURN_WITHIN_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise Upstream(WAITS) from error
        try:
            await self._write_waiting(time.monotonic() + TURN_WITHIN_S)
            async with writing(self.engine) as connection:
                yield connection
        finally:
            self._turn.release()

    async def _write_waiting(self, until: float = math.inf) -> None:
        while self._writes:
            # Looked at between two writes: one that was given up halfway would be done twice.
            if time.monotonic() > until:
                raise Upstream(WAITS)
            try:
                async with writing(self.engine) as connection:
                    await self._writes[0](connection)
            except Conflict as error:
                # The station was removed meanwhile: there is nothing left to record it for.
                log.info("on-air record not kept", reason=str(error))
            self._writes.popleft()

    async def flushed(self) -> None:
        """Wait until the running journal has written all there is."""
        if self._writes:
            await self._done.wait()
