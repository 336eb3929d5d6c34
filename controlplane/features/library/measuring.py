"""Measures tracks in the background, the newest first, one at a time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from controlplane.features.library import reading
from controlplane.features.library.service import Library
from controlplane.kernel.errors import Conflict, InvalidInput, NoSpace, Upstream
from controlplane.kernel.tracks import TrackRow

log = structlog.get_logger()

LOOK_AGAIN_S = 10.0
"""Tracks are added from the command line too."""
MAX_FAILURES = 3


@dataclass(slots=True)
class Measuring:
    """Takes the tracks that wait, until none does."""

    library: Library
    _failures: dict[str, int] = field(default_factory=dict)
    """How often measuring failed, by track's id."""
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
            except (Upstream, NoSpace) as error:
                log.error("track_not_measured", reason=str(error))
                idle = True
            except Conflict:
                # Its station was removed meanwhile.
                idle = False
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
            await self._give_up(row, str(error))
        except Upstream as error:
            # Our own fault, or that of a file that kills whoever reads it.
            self._failures[row.id] = self._failures.get(row.id, 0) + 1
            if self._failures[row.id] < MAX_FAILURES:
                raise
            await self._give_up(row, str(error))
        else:
            await self.library.measured(row, found)
        self._failures.pop(row.id, None)
        return True

    async def _give_up(self, row: TrackRow, reason: str) -> None:
        log.warning("track_unplayable", track=row.id, reason=reason)
        await self.library.unplayable(row, reason)
