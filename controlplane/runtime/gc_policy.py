"""When Python's garbage collector runs a full collection, to free reference cycles.

One takes a tenth of a second with ten thousand clients, and nothing else happens meanwhile; left to itself Python runs
it in the middle of a broadcast. Most objects live as long as the daemon or as a connection, and are in no cycle: they
are freed at once. A closed connection leaves a kilobyte or two of cycles, asyncio's.
"""

import gc
import time
from dataclasses import dataclass, field

import structlog

from controlplane.kernel.clock import SYSTEM_CLOCK, Clock

log = structlog.get_logger()

YOUNG_THRESHOLD, MIDDLE_THRESHOLD, OLD_THRESHOLD = 50_000, 20, 1_000_000
"""Python's thresholds, of which the last stands for full collections: it never runs one by itself."""
CONNECTIONS_PER_COLLECTION = 10_000
"""Ended connections before a collection: they leave 20 MB at the most."""
MAX_INTERVAL_S = 600.0


def settle() -> None:
    """Exempt what the daemon is made of from all collections. Called when it is put together."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_THRESHOLD, MIDDLE_THRESHOLD, OLD_THRESHOLD)


@dataclass(slots=True)
class GcPolicy:
    """Runs a full collection when enough garbage may have come together."""

    clock: Clock = SYSTEM_CLOCK
    _ended: int = 0
    _looked: float = field(init=False)

    def __post_init__(self) -> None:  # noqa: D105 - the interval begins with the policy
        self._looked = self.clock.monotonic_s()

    def collect_if_due(self, ended: int) -> None:
        """Collect, if it is time; `ended` is how many connections have ended since the start."""
        now = self.clock.monotonic_s()
        if ended - self._ended < CONNECTIONS_PER_COLLECTION and now - self._looked < MAX_INTERVAL_S:
            return
        began = time.perf_counter()
        found = gc.collect()
        self._ended, self._looked = ended, now
        log.info("garbage_collected", objects=found, took_ms=round((time.perf_counter() - began) * 1000))
