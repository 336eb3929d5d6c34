"""When Python looks for objects that only hold each other, and so are never freed by themselves.

A full look takes a tenth of a second with ten thousand clients, and nobody is told anything meanwhile; left to itself
Python takes it in the middle of a broadcast. Most of what there is lives as long as the daemon or as a connection,
without such rings: what ends is freed at once. What a closed connection leaves is a kilobyte or two, asyncio's.
"""

import gc
import time
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger()

YOUNG, MIDDLE, NEVER = 50_000, 20, 1_000_000
"""Python's thresholds: new objects, after how many looks at these the survivors', and everything: by itself never."""
ENDED = 10_000
"""So many connections that ended leave 20 MB at the most."""
AT_LEAST_EVERY_S = 600.0


def settle() -> None:
    """Let what the daemon is made of never be looked through again. Called when it is put together."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, NEVER)


@dataclass(slots=True)
class Garbage:
    """Looks through everything when enough may have come together."""

    _ended: int = 0
    _looked: float = field(default_factory=time.monotonic)

    def look(self, ended: int) -> None:
        """Look, if it is time; `ended` is how many connections have ended since the start."""
        now = time.monotonic()
        if ended - self._ended < ENDED and now - self._looked < AT_LEAST_EVERY_S:
            return
        began = time.perf_counter()
        found = gc.collect()
        self._ended, self._looked = ended, now
        log.info("garbage collected", objects=found, took_ms=round((time.perf_counter() - began) * 1000))
