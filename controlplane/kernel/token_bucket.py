"""A token bucket: a burst at once, and a rate in the long run. Pure: `now` is an argument, in monotonic seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and `per_second` in the long run."""

    per_second: float
    burst: float


@dataclass(slots=True)
class TokenBucket:
    """One key's bucket, full at first; `full_at` is when it will be full again if nothing more is taken."""

    rate: Rate
    full_at: float = 0.0

    def take(self, now: float, amount: float = 1.0) -> float:
        """Take tokens and return 0, or take none and return the seconds until there are enough."""
        full_at = max(self.full_at, now) + amount / self.rate.per_second
        wait = full_at - now - self.rate.burst / self.rate.per_second
        if wait > TOLERANCE_S:
            return wait
        self.full_at = full_at
        return 0.0


TOLERANCE_S = 1e-9
"""Rounding may add this much to a wait of zero."""
