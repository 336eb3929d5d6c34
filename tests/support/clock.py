"""Clocks that tests move."""

from controlplane.kernel.clock import Clock


class MovableClock(Clock):
    """The system's time, and as far ahead of it as it was advanced; what waits on the event loop is not moved."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead_s = 0.0
        self._stopped_at: tuple[float, float] | None = None

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._ahead_s += seconds

    def stop(self) -> None:
        """Let no more time pass than it is advanced by."""
        self._stopped_at = super().now_s(), super().monotonic_s()

    def now_s(self) -> float:
        return self._ahead_s + (super().now_s() if self._stopped_at is None else self._stopped_at[0])

    def monotonic_s(self) -> float:
        return self._ahead_s + (super().monotonic_s() if self._stopped_at is None else self._stopped_at[1])


class StoppedClock(Clock):
    """Time that stands still until a test sets it, in unix seconds."""

    def __init__(self, at: float = 1000.0) -> None:
        super().__init__()
        self.at = at

    def now_s(self) -> float:
        return self.at

    def monotonic_s(self) -> float:
        return self.at
