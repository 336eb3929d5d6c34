"""A clock that tests move."""

import asyncio

from controlplane.kernel.clock import Clock


class ManualClock(Clock):
    """Time that stands still from when the clock is made; what waits on the event loop does not wait for it."""

    def __init__(self) -> None:
        super().__init__()
        # Whole seconds, so that an interval that has been advanced by is not missed by a rounding error.
        self._now_s, self._monotonic_s = super().now_s(), float(int(super().monotonic_s()))
        self._advanced = asyncio.Event()

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0, "time does not run backwards: step() sets the system's clock"
        self._now_s += seconds
        self._monotonic_s += seconds
        self._advanced.set()
        self._advanced = asyncio.Event()

    def step(self, seconds: float) -> None:
        """Set the system's clock forward or back, as an administrator or NTP does; no time passes."""
        self._now_s += seconds

    def now_s(self) -> float:
        return self._now_s

    def monotonic_s(self) -> float:
        return self._monotonic_s

    async def sleep(self, seconds: float) -> None:
        """Return once `advance` has let the time pass."""
        until = self._monotonic_s + seconds
        while self._monotonic_s < until:
            await self._advanced.wait()
