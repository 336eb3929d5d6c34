"""The bitrate that a mount really carries, from the bytes Icecast counted. Pure: `now` is an argument."""

from collections import deque
from dataclasses import dataclass, field

from controlplane.icecast.parse import Stats

WINDOW_S = 20.0
"""Icecast updates its byte counters every few seconds only; over this much that evens out."""
MIN_SPAN_S = 8.0


@dataclass(slots=True)
class Meter:
    """Keeps the newest readings of every mount."""

    _readings: dict[str, deque[tuple[float, str, int]]] = field(default_factory=dict)

    def read(self, stats: Stats, now: float) -> None:
        """Take a reading at `now` (monotonic seconds)."""
        for name in self._readings.keys() - stats.mounts.keys():
            del self._readings[name]
        for name, mount in stats.mounts.items():
            readings = self._readings.setdefault(name, deque())
            if readings and readings[-1][1] != mount.instance:
                readings.clear()
            if mount.bytes_read:
                readings.append((now, mount.instance, mount.bytes_read))
            while readings and readings[0][0] < now - WINDOW_S:
                readings.popleft()

    def kbps(self, name: str) -> int:
        """Return a mount's bitrate in kbit/s, 0 until it is measured."""
        readings = self._readings.get(name)
        if not readings or readings[-1][0] - readings[0][0] < MIN_SPAN_S:
            return 0
        (began, _, first), (ended, _, last) = readings[0], readings[-1]
        return round(max(0, last - first) * 8 / 1000 / (ended - began))
