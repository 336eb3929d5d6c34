"""Whether the daemon can do its part in what is on air: Icecast answers, and the database takes writes."""

import asyncio
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncEngine

from controlplane.db import access
from controlplane.db.engine import writing
from controlplane.features.onair.journal import Journal
from controlplane.features.onair.sources.pipelines import PipelineWatch
from controlplane.features.onair.sources.poller import Poller
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import Upstream
from controlplane.web.health import Readiness

PROBE_INTERVAL_S = 5.0
"""A write costs the disk a turn: however often we are asked, the database is asked no more often than that."""


@dataclass(slots=True)
class OnAirReadiness:
    """Checks, and tells which stations' pipelines are in trouble."""

    engine: AsyncEngine
    poller: Poller
    pipelines: PipelineWatch
    journal: Journal
    clock: Clock
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _probed_at: float = -PROBE_INTERVAL_S
    _writable: bool = False

    async def check(self) -> Readiness:
        """Return what is missing, and the stations in trouble."""
        missing = [] if self.poller.answering else ["Icecast"]
        if not await self._database_takes_writes() or self.journal.failing:
            missing.append("database")
        return Readiness(tuple(missing), dict(self.pipelines.troubles()))

    async def _database_takes_writes(self) -> bool:
        # A database that is locked or whose disk is full can still be read.
        async with self._turn:
            if self.clock.monotonic_s() - self._probed_at >= PROBE_INTERVAL_S:
                try:
                    async with writing(self.engine) as connection:
                        await access.probe_write(connection)
                except Upstream:
                    self._writable = False
                else:
                    self._writable = True
                self._probed_at = self.clock.monotonic_s()
            return self._writable
