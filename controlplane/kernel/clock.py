"""Time, as the tables, the wire and the rules have it; everything that needs it is given a clock."""

import time


class Clock:
    """The system's time."""

    def __init__(self) -> None:
        self._steady_offset_s = time.time() - time.monotonic()

    def now_s(self) -> float:
        """Return the time in unix seconds."""
        return time.time()

    def now_ms(self) -> int:
        """Return the time in unix milliseconds."""
        return int(self.now_s() * 1000)

    def monotonic_s(self) -> float:
        """Return seconds that a step of the system's clock does not move, to measure durations with."""
        return time.monotonic()

    def steady_s(self) -> float:
        """Return unix seconds that a step of the system's clock after the start does not move."""
        return self.monotonic_s() + self._steady_offset_s

    def steady_ms(self) -> int:
        """Return the same in unix milliseconds."""
        return int(self.steady_s() * 1000)


SYSTEM_CLOCK = Clock()
