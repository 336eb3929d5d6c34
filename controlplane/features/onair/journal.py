"""The journal: writes broadcasts and plays to the database in order, with retries, and never holds up what is live."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from controlplane.db.engine import writing
from controlplane.kernel.errors import Conflict, Upstream

log = structlog.get_logger()

Write = Callable[[AsyncConnection], Awaitable[None]]

MAX_PENDING_WRITES = 10_000
"""Writes kept while the database cannot be written: hours of a busy platform, and a few megabytes."""
RETRY_S = 1.0
JOURNAL_BUSY = "earlier changes are still being written: try again in a moment"
FLUSH_TIMEOUT_S = 1.5
TURN_TIMEOUT_S = 2.0
"""How long a request waits for the writes that are queued before its own."""


@dataclass(slots=True)
class Journal:
    """Keeps writes until they are committed."""

    engine: AsyncEngine
    _writes: deque[Write] = field(default_factory=deque)
    _work: asyncio.Event = field(default_factory=asyncio.Event)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _in_progress: asyncio.Task[None] | None = None
    _failing: bool = False

    def put(self, write: Write) -> None:
        """Queue a write after all that were queued before."""
        if len(self._writes) >= MAX_PENDING_WRITES:
            log.error("journal_full")
            return
        self._writes.append(write)
        self._work.set()

    @property
    def failing(self) -> bool:
        """Whether the last write failed."""
        return self._failing

    async def run(self) -> None:
        """Write until cancelled, and then what is still queued, for as long as `FLUSH_TIMEOUT_S`."""
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                await self.flush()
        finally:
            with suppress(TimeoutError):
                async with asyncio.timeout(FLUSH_TIMEOUT_S):
                    await self.flush()

    async def flush(self) -> None:
        """Write all that is queued, waiting for the database as long as it takes."""
        while self._writes:
            try:
                async with self._turn:
                    await self._write_waiting()
            except Upstream as error:
                if not self._failing:
                    log.error("database_not_writable", reason=str(error))
                self._failing = True
                await asyncio.sleep(RETRY_S)
                continue
            if self._failing:
                log.info("database_writable")
            self._failing = False

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection whose work comes after the writes queued before, and before those queued from now on.

        It is committed at the end, or not at all. Raises Conflict, or Upstream where the database cannot be written: a
        request does not wait for as long as the journal does.
        """
        try:
            async with asyncio.timeout(TURN_TIMEOUT_S):
                await self._turn.acquire()
        except TimeoutError as error:
            raise Upstream(JOURNAL_BUSY) from error
        try:
            try:
                async with asyncio.timeout(TURN_TIMEOUT_S):
                    await self._write_waiting()
            except TimeoutError as error:
                raise Upstream(JOURNAL_BUSY) from error
            async with writing(self.engine) as connection:
                yield connection
        finally:
            self._turn.release()

    async def _write_waiting(self) -> None:
        while self._writes:
            # A task of its own, which goes on when we are cancelled: a write that was cut off would be done twice.
            if self._in_progress is None:
                self._in_progress = asyncio.ensure_future(self._write_first())
            await asyncio.wait([self._in_progress])
            done, self._in_progress = self._in_progress, None
            done.result()

    async def _write_first(self) -> None:
        try:
            async with writing(self.engine) as connection:
                await self._writes[0](connection)
        except Conflict as error:
            # The station was removed meanwhile.
            log.info("journal_write_dropped", reason=str(error))
        self._writes.popleft()
