"""Decides which frozen pipeline to restart next. Pure: `now` is an argument, in monotonic seconds.

One at a time, since a machine that is too slow makes all pipelines late at once, and restarting them would make it
slower.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

FROZEN_S = 8.0
"""A pipeline that has not answered for so long does not recover by itself; Icecast drops its source after ten."""
SETTLE_S = 20.0
"""How long a restarted pipeline may take to answer before another one is restarted."""
MAX_BACKOFF_S = 600.0
STEADY_S = 60.0
"""A restarted pipeline that has answered for so long is treated as if it had never frozen."""


@dataclass(slots=True)
class Restarts:
    """The restarts so far."""

    _settling: str | None = None
    _restarted_at: dict[str, float] = field(default_factory=dict)
    _times: dict[str, int] = field(default_factory=dict)

    def due(self, late_since: Mapping[str, float], now: float) -> str | None:
        """Return the pipeline to restart now, given since when each is late; None for none."""
        if self._settling is not None and now - self._restarted_at[self._settling] < SETTLE_S:
            return None
        frozen = [
            slug for slug, since in late_since.items() if now - since >= FROZEN_S and now >= self._not_before(slug)
        ]
        if not frozen:
            return None
        slug = min(frozen, key=lambda each: (self._restarted_at.get(each, 0.0), late_since[each], each))
        self._settling, self._restarted_at[slug] = slug, now
        self._times[slug] = self._times.get(slug, 0) + 1
        return slug

    def answered(self, slug: str, now: float) -> None:
        """Record that a pipeline answers."""
        if self._settling == slug:
            self._settling = None
        if slug in self._times and now - self._restarted_at[slug] >= STEADY_S:
            self.forget(slug)

    def forget(self, slug: str) -> None:
        """Forget a pipeline."""
        self._times.pop(slug, None)
        self._restarted_at.pop(slug, None)
        if self._settling == slug:
            self._settling = None

    def _not_before(self, slug: str) -> float:
        if slug not in self._times:
            return 0.0
        return self._restarted_at[slug] + min(MAX_BACKOFF_S, SETTLE_S * 2.0 ** (self._times[slug] - 1))
