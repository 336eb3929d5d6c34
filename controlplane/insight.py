"""What is measured while the daemon runs, in Prometheus' terms. One of these a daemon."""

import asyncio
import time
from collections.abc import Callable

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

LAG_EVERY_S = 0.1
FRESH_S = 1.0
LAG_FADES = 0.8
"""What is left of a past lag at each look, so that a single long turn is not remembered for ever."""
FAST = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper bounds in seconds."""


class Insight:
    """Counters and gauges. `lag_s` is how late the event loop is just now, in seconds."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self.lag_s = 0.0
        self._told, self._told_at = b"", 0.0
        self.published = Histogram(
            "awaz_publish_to_last_write_seconds",
            "From an event's publication to its last write.",
            registry=registry,
            buckets=FAST,
        )
        self.lag = Histogram(
            "awaz_loop_lag_seconds", "How late the event loop came to its work.", registry=registry, buckets=FAST
        )
        self.delivered = Counter("awaz_deliveries", "Frames written to members of rooms.", registry=registry)
        self.skipped = Counter(
            "awaz_skipped", "Last-value events not written to a client that had others waiting.", registry=registry
        )
        self.caught_up = Counter(
            "awaz_caught_up", "Clients that got the newest value after they had been skipped.", registry=registry
        )
        self._count_connections(registry)
        self.polls = Counter("awaz_icecast_polls", "Times that Icecast was asked for its mounts.", registry=registry)
        self.polling = Counter("awaz_icecast_poll_cpu_seconds", "Processor time of these.", registry=registry)
        self.joined = Counter(
            "awaz_joins",
            "Joins of a station: recovered yes, no, or first for those who had nothing to recover.",
            ["recovered"],
            registry=registry,
        )
        self.troubles = Gauge(
            "awaz_pipeline_trouble", "Stations whose pipeline does not answer.", ["station"], registry=registry
        )

    def _count_connections(self, registry: CollectorRegistry) -> None:
        def by_reason(name: str, text: str) -> Counter:
            return Counter(name, f"{text}, by reason.", ["reason"], registry=registry)

        self.closed = by_reason("awaz_closed", "Connections that ended")
        self.refused = by_reason("awaz_handshakes_refused", "Connections turned away at once")
        self.strangers = by_reason("awaz_refusals", "What was sent that makes no sense")
        self.faults = by_reason("awaz_faults", "Faults of ours")
        self.dropped = by_reason("awaz_connections_dropped", "TCP connections that there was no room or no use for")

    def gauge(self, name: str, help_: str, measure: Callable[[], float]) -> None:
        """Offer a value that is measured whenever somebody asks."""
        Gauge(name, help_, registry=self._registry).set_function(measure)

    def text(self) -> bytes:
        """Return everything in Prometheus' text format, as it was within the last second: measuring is not free."""
        now = time.monotonic()
        if now - self._told_at >= FRESH_S:
            self._told, self._told_at = generate_latest(self._registry), now
        return self._told

    async def watch_loop(self) -> None:
        """Measure for ever how late the loop is."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LAG_EVERY_S)
            lag = max(0.0, time.perf_counter() - began - LAG_EVERY_S)
            self.lag.observe(lag)
            self.lag_s = max(lag, self.lag_s * LAG_FADES)
