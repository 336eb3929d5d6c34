"""Measures tracks in the background, the newest first, one at a time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from controlplane.features.library import reading
from controlplane.features.library.service import Library
from controlplane.kernel.errors import InvalidInput, Upstream

log = structlog.get_logger()

LOOK_AGAIN_S = 10.0
"""Tracks are added from the command line too."""


@dataclass(slots=True)
class Measuring:
    """Takes the tracks that wait, until none does."""

    library: Library
    _woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, _station_id: str) -> None:
        """Look for tracks now: some may have been added."""
        self._woken.set()

    async def run(self) -> None:
        """Measure until cancelled."""
        while True:
            self._woken.clear()
            try:
                idle = not await self.measure_next()
            except Upstream as error:
                log.error("track_not_measured", reason=str(error))
                idle = True
            if idle:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_AGAIN_S):
                        await self._woken.wait()

    async def measure_next(self) -> bool:
        """Measure a track that waits; say whether there was one."""
        row = await self.library.next_to_measure()
        if row is None:
            return False
        path = self.library.store.audio(row.sha256, row.format)
        try:
            found = await reading.measure(path, self.library.account)
        except InvalidInput as error:
            log.warning("track_unplayable", track=row.id, reason=str(error))
            await self.library.unplayable(row, str(error))
        else:
            await self.library.measured(row, found)
        return True
