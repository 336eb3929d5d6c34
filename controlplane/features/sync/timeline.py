"""When each frame of a stream is there, from when it arrived. Pure: times are arguments, in unix seconds."""

from dataclasses import dataclass, field

WINDOW_S = 30
"""The earliest arrivals of the last 30 seconds decide."""
SLEW = 0.001
"""Seconds that the timeline is moved in a second at most, so that nobody hears it."""
SETTLE_S = 3.0
"""The timeline is told after the first seconds, in which Icecast sends its burst."""
JUMP_S = 1.0
"""A stream that is earlier or later than its timeline by so much has been moved, and has another timeline. Players have
more than that in their buffers: what is less is made up for so slowly that nobody hears it.
"""
LATE_S = 5.0
"""Later arrivals than that are a stall of the reader until they have lasted for so long."""


@dataclass(slots=True)
class Timeline:
    """A frame `n` is on the mount at `t0 + n * frame_s`.

    Arrivals are late by whatever holds them up, and never early: the earliest of the last seconds count. The burst that
    begins a stream is old audio, and late by that.
    """

    frame_s: float
    t0: float = 0.0
    _began: float | None = None
    _at: float = 0.0
    _earliest: dict[int, float] = field(default_factory=dict)
    """The lowest `t0` that an arrival in a second stands for, by that second."""

    def arrived(self, number: int, now: float) -> bool:
        """Take in that a frame arrived, and all before it; return False if it cannot be of the same timeline."""
        offset, second = now - number * self.frame_s, int(now)
        if self._began is None:
            self._began, self.t0, self._at = now, offset, now
        settled = self.is_settled(now)
        if settled and (offset < self.t0 - JUMP_S or self._is_late(second)):
            return False
        self._earliest[second] = min(offset, self._earliest.get(second, offset))
        if len(self._earliest) > WINDOW_S:
            del self._earliest[min(self._earliest)]
        earliest = min(self._earliest.values())
        step = SLEW * max(0.0, now - self._at) if settled else abs(earliest - self.t0)
        self.t0 += max(-step, min(step, earliest - self.t0))
        self._at = now
        return True

    def is_settled(self, now: float) -> bool:
        """Say whether the timeline can be told at a time."""
        return self._began is not None and now - self._began >= SETTLE_S

    def _is_late(self, second: int) -> bool:
        lately = [offset for at, offset in self._earliest.items() if second - LATE_S <= at < second]
        return len(lately) >= LATE_S and min(lately) > self.t0 + JUMP_S
