"""Reconciles the running stations with those in the database: state, configuration, encoders."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from controlplane.features.onair.configuration import Configuration
from controlplane.features.onair.encoders import Encoders
from controlplane.features.onair.station_sync import StationSync
from controlplane.features.stations.service import Stations
from controlplane.kernel.errors import ConfigError, Upstream

log = structlog.get_logger()

INTERVAL_S = 1.0


@dataclass(slots=True)
class Reconciler:
    """Compares what should be with what is; doing it again changes nothing."""

    stations: Stations
    station_sync: StationSync
    configuration: Configuration
    encoders: Encoders
    _problem: str = ""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def wake(self) -> None:
        """Have `run` reconcile now: the stations or their keys have changed."""
        self._changed.set()

    async def run(self) -> None:
        """Reconcile until cancelled, at each change and every second."""
        while True:
            self._changed.clear()
            await self.run_once()
            with suppress(TimeoutError):
                async with asyncio.timeout(INTERVAL_S):
                    await self._changed.wait()

    async def run_once(self) -> None:
        """Reconcile everything; a step that fails is tried again the next time."""
        problems = []
        rows = self.stations.all()
        for step in (self.station_sync.sync, self.configuration.apply):
            try:
                await step(rows)
            except (Upstream, ConfigError, OSError) as error:
                problems.append(str(error))
        await self.encoders.evict()
        problem = "; ".join(problems)
        if problem and problem != self._problem:
            log.error("stations_not_reconciled", reason=problem)
        self._problem = problem
