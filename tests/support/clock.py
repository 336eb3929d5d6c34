"""A clock that tests move."""

from controlplane.kernel.clock import Clock


class MovableClock(Clock):
    """The system's time, and as far ahead of it as it was advanced; what waits on the event loop is not moved."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead_s = 0.0

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead_s += seconds

    def now_s(self) -> float:
        return super().now_s() + self._ahead_s

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self._ahead_s


class StoppedClock(Clock):
    """Time that stands still until a test sets it, in unix seconds."""

    def __init__(self, at: float = 1000.0) -> None:
        super().__init__()
        self.at = at

    def now_s(self) -> float:
        return self.at

    def monotonic_s(self) -> float:
        return self.at
