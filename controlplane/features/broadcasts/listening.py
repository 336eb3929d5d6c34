"""Counts how many listen, by the minute."""

from dataclasses import dataclass, field
from functools import partial

import structlog

from controlplane.db import past
from controlplane.db.engine import writing
from controlplane.db.past import MINUTE_MS, Minute
from controlplane.features.broadcasts import rules
from controlplane.features.onair.service import OnAir
from controlplane.kernel.errors import Upstream

log = structlog.get_logger()


@dataclass(slots=True)
class Listening:
    """Looks at the counts now and then, and writes a row for each minute in which somebody listened to a station."""

    onair: OnAir
    _minute: int = 0
    _peaks: dict[str, int] = field(default_factory=dict)
    """The greatest count of the minute, by station."""
    _counts: dict[str, int] = field(default_factory=dict)

    async def look(self) -> None:
        """Take note of the counts."""
        now = self.onair.clock.now_ms()
        minute = now - now % MINUTE_MS
        if minute != self._minute:
            self._flush()
            self._minute = minute
        for slug in self.onair.slugs():
            row, station = self.onair.require(slug)
            if not station.icecast_down:
                self._counts[row.id] = station.listeners
                self._peaks[row.id] = max(station.listeners, self._peaks.get(row.id, 0))

    def present(self, station_id: str) -> Minute:
        """Return the minute that is not over yet, as far as it was counted."""
        count = self._counts.get(station_id, 0)
        return Minute(self._minute, count, max(count, self._peaks.get(station_id, 0)))

    def _flush(self) -> None:
        there = {self.onair.row(slug).id for slug in self.onair.slugs()}
        # One that was removed meanwhile would take the minute of all others with it.
        heard = {each: (self._counts[each], peak) for each, peak in self._peaks.items() if peak and each in there}
        if heard:
            self.onair.journal.put(partial(past.note_minute, at=self._minute, heard=heard))
        self._peaks.clear()
        self._counts = {each: count for each, count in self._counts.items() if each in there}

    async def sweep(self) -> None:
        """Delete what is too old; a failed attempt is repeated at the next run."""
        try:
            async with writing(self.onair.journal.engine) as connection:
                await past.delete_before(connection, self.onair.clock.now_ms() - rules.KEPT_MS)
        except Upstream as error:
            log.warning("listening_not_swept", reason=str(error))
