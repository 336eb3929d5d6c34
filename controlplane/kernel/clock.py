"""Time, as the tables, the wire and the rules have it."""

import time
from collections.abc import Callable


def now_ms() -> int:
    """Return the time in unix milliseconds."""
    return int(time.time() * 1000)


def steady_clock() -> Callable[[], float]:
    """Return a clock of unix seconds that a step of the system's clock does not move, to measure durations with."""
    offset = time.time() - time.monotonic()
    return lambda: time.monotonic() + offset
