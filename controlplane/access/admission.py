"""Admission: how many connections may be open, and be opened, decided before anything is spent on one."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from controlplane.access.ratelimit import SITE_FACTOR
from controlplane.kernel.addresses import is_loopback, site_of
from controlplane.kernel.clock import Clock
from controlplane.kernel.errors import AwazError, Busy, TooFast
from controlplane.kernel.token_bucket import Rate, TokenBucket
from controlplane.runtime.metrics import Metrics
from controlplane.runtime.sections import GatewaySettings

FULL_RETRY_S = 30.0
OVERLOAD_RETRY_S = 2.0
MIN_RETRY_S = 3.0
"""A daemon takes about that long to restart, and a client that came earlier would come again with the others."""
RETURN_SPREAD = 1.2
"""Reconnects after a restart are spread over the time that admission needs for them, times this."""
HANDSHAKE_BURST = 100.0
"""Handshakes accepted at once; kept small because their timeouts fall due together, too."""
MAX_LAG_S = 1.0
"""With a loop as late as this, new connections are refused in favour of the open ones."""


class Admission:
    """Bounds open connections and handshakes a second: a returning crowd must not block the loop."""

    def __init__(self, settings: GatewaySettings, metrics: Metrics, max_open: int, clock: Clock) -> None:
        self._settings = settings
        self._max_open = max_open
        self._metrics = metrics
        self._clock = clock
        burst = max(1.0, min(settings.handshakes_per_s, HANDSHAKE_BURST))
        self._handshakes = TokenBucket(Rate(settings.handshakes_per_s, burst))
        self._open = 0
        self.ended = 0
        """How many connections have ended."""
        self._by_address: Counter[str] = Counter()
        self._leaving = False

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._open

    def close(self) -> Callable[[], int]:
        """Refuse new connections; return a function that gives each client another delay to reconnect after, in ms."""
        self._leaving = True
        crowd_s = max(MIN_RETRY_S, RETURN_SPREAD * self._open / self._settings.handshakes_per_s)
        return lambda: round(1000 * (MIN_RETRY_S + random.uniform(0.0, crowd_s)))  # noqa: S311 - a spread, no secret

    @contextmanager
    def connection(self, address: str) -> Iterator[None]:
        """Count a connection for as long as it is open; raise Busy, or TooFast for an address that has too many."""
        self._check(address)
        counted = [address, *filter(None, [site_of(address)])]
        self._open += 1
        self._by_address.update(counted)
        try:
            yield
        finally:
            self._open -= 1
            self.ended += 1
            self._by_address.subtract(counted)
            for each in counted:
                if not self._by_address[each]:
                    del self._by_address[each]

    def _check(self, address: str) -> None:
        if self._leaving:
            self._refuse("shutting_down", Busy("the server is going away: come back in a moment", MIN_RETRY_S))
        allowed, site = self._settings.connections_per_address, site_of(address)
        full = self._by_address[address] >= allowed
        full |= site is not None and self._by_address[site] >= allowed * SITE_FACTOR
        if full and not is_loopback(address):
            self._refuse(
                "address_limit", TooFast(f"{allowed} connections are open from your address already", FULL_RETRY_S)
            )
        if self._open >= self._max_open:
            self._refuse("limit", Busy("no more connections can be opened now", FULL_RETRY_S))
        if self._metrics.lag_s > MAX_LAG_S or self._handshakes.take(self._clock.monotonic_s()):
            self._refuse("overload", Busy("too many are connecting at once", OVERLOAD_RETRY_S))

    def _refuse(self, reason: str, error: AwazError) -> NoReturn:
        self._metrics.refused.labels(reason).inc()
        raise error
