"""Reports of listeners' pages: how exactly they play, and how late. Kept in memory, for a minute."""

from dataclasses import dataclass, field

from controlplane.kernel.clock import Clock
from controlplane.protocol.following import StreamHeartbeat
from controlplane.protocol.sync import MAX_LAG_MS, ListenersInSync, Spread, mode_of

KEPT_S = 60.0
"""A page reports every 25 seconds."""


@dataclass(frozen=True, slots=True)
class _Report:
    at: float
    mode: str
    latency_ms: float | None
    error_ms: float | None


@dataclass(slots=True)
class Reports:
    """The newest report of each socket, by station."""

    clock: Clock
    _newest: dict[str, dict[str, _Report]] = field(default_factory=dict)

    def take(self, socket_id: str, heartbeat: StreamHeartbeat) -> None:
        """Take in a heartbeat of a socket, with the station that it plays and follows if there is one."""
        self.gone(socket_id)
        if heartbeat.station is None:
            return
        report = _Report(
            self.clock.monotonic_s(),
            mode_of(heartbeat.mode),
            _possible(heartbeat.latency_ms),
            _possible(heartbeat.sync_error_ms),
        )
        self._newest.setdefault(heartbeat.station, {})[socket_id] = report

    def gone(self, socket_id: str) -> None:
        """Forget a socket that has disconnected."""
        for reports in self._newest.values():
            reports.pop(socket_id, None)

    def forget(self, slug: str) -> None:
        """Forget a station."""
        self._newest.pop(slug, None)

    def of(self, slug: str) -> ListenersInSync:
        """Return how a station's listeners play."""
        oldest = self.clock.monotonic_s() - KEPT_S
        current = {socket_id: each for socket_id, each in self._newest.get(slug, {}).items() if each.at >= oldest}
        if slug in self._newest:
            self._newest[slug] = current
        reports = current.values()
        synced = [each for each in reports if each.mode == "synced"]
        return ListenersInSync(
            pages=len(current),
            synced=len(synced),
            approximate=sum(each.mode == "approximate" for each in reports),
            error_ms=_spread([abs(each.error_ms) for each in synced if each.error_ms is not None]),
            latency_ms=_spread([each.latency_ms for each in reports if each.latency_ms is not None]),
        )


def _possible(milliseconds: float | None) -> float | None:
    """Return what a page has reported, None for what no player can be: anybody may report."""
    return milliseconds if milliseconds is not None and abs(milliseconds) <= MAX_LAG_MS else None


def _spread(values: list[float]) -> Spread | None:
    if not values:
        return None
    ordered = sorted(values)
    p50, p95 = (ordered[round(share * (len(ordered) - 1))] for share in (0.5, 0.95))
    return Spread(p50=p50, p95=p95, max=ordered[-1])
