"""Metrics in Prometheus' terms, one registry a daemon."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

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

from controlplane.kernel.clock import SYSTEM_CLOCK, Clock

LAG_INTERVAL_S = 0.1
CACHED_S = 1.0
LAG_DECAY = 0.8
"""What is left of a past lag at each measurement, so that a single long turn is not remembered for ever."""
BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


@dataclass(frozen=True, slots=True)
class GaugeOf:
    """A value that is measured at each scrape."""

    name: str
    help: str
    measure: Callable[[], float]


class Metrics:
    """Counters, gauges and histograms. `lag_s` is how late the event loop is just now, in seconds."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        registry = self._registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self.lag_s = 0.0
        self._text, self._text_at = b"", -CACHED_S
        self.published = Histogram(
            "awaz_publish_to_last_write_seconds",
            "From an event's publication to its last write.",
            registry=registry,
            buckets=BUCKETS_S,
        )
        self.lag = Histogram(
            "awaz_loop_lag_seconds", "How late the event loop came to its work.", registry=registry, buckets=BUCKETS_S
        )
        self.delivered = Counter("awaz_deliveries", "Frames written to members of rooms.", registry=registry)
        self.skipped = Counter(
            "awaz_latest_values_skipped",
            "Last values not written to a client that had not taken what was before them.",
            registry=registry,
        )
        self.resent = Counter(
            "awaz_latest_values_resent", "Clients that got the newest value after a skipped one.", registry=registry
        )
        self._count_connections(registry)
        self.polls = Counter("awaz_icecast_polls", "Polls of Icecast's statistics.", registry=registry)
        self.poll_cpu = Counter("awaz_icecast_poll_cpu_seconds", "Processor time of the polls.", registry=registry)
        self.joined = Counter(
            "awaz_joins",
            "Joins of a station: recovered yes, no, or first for those who had nothing to recover.",
            ["recovered"],
            registry=registry,
        )
        self.pipeline_trouble = Gauge(
            "awaz_pipeline_trouble", "Stations whose pipeline does not answer.", ["station"], registry=registry
        )

    def _count_connections(self, registry: CollectorRegistry) -> None:
        def by_reason(name: str, text: str) -> Counter:
            return Counter(name, f"{text}, by reason.", ["reason"], registry=registry)

        self.closed = by_reason("awaz_connections_closed", "Sockets and event streams that ended")
        self.refused = by_reason("awaz_handshakes_refused", "Sockets and event streams refused before they opened")
        self.rejected = by_reason("awaz_requests_rejected", "Malformed or unauthorised requests")
        self.faults = by_reason("awaz_faults", "Internal errors")
        self.dropped = by_reason("awaz_connections_dropped", "TCP connections dropped over a limit or a timeout")

    def gauge(self, gauge: GaugeOf) -> None:
        """Add a gauge to the exposition."""
        Gauge(gauge.name, gauge.help, registry=self._registry).set_function(gauge.measure)

    def exposition(self) -> bytes:
        """Return everything in Prometheus' text format, at most `CACHED_S` old: measuring is not free."""
        now = self._clock.monotonic_s()
        if now - self._text_at >= CACHED_S:
            self._text, self._text_at = self.measured(), now
        return self._text

    def measured(self) -> bytes:
        """Return everything in Prometheus' text format, as it is now."""
        return generate_latest(self._registry)

    async def measure_lag(self) -> None:
        """Measure how late the loop is until cancelled."""
        while True:
            began = time.perf_counter()
            await asyncio.sleep(LAG_INTERVAL_S)
            lag = max(0.0, time.perf_counter() - began - LAG_INTERVAL_S)
            self.lag.observe(lag)
            self.lag_s = max(lag, self.lag_s * LAG_DECAY)
