"""Admission: how many WebSockets may be opened, decided before anything is spent on one."""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from controlplane.addresses import is_loopback, site_of
from controlplane.config import Gateway
from controlplane.errors import AwazError, Busy, TooFast
from controlplane.insight import Insight
from controlplane.ratelimit import OF_SITE

FULL_RETRY_S = 30.0
STORM_RETRY_S = 2.0
RESTART_S = 3.0
"""Nobody needs to come back sooner: a daemon that starts again takes about that long, and who came too early comes
again just when the others do."""
SPREAD = 1.2
"""A returning crowd is spread over that much more time than admission needs for it."""
AT_ONCE = 100.0
"""Handshakes let in without a pause between them: their deadlines fall due together again, too."""
BREATHLESS_S = 1.0
"""A loop that is so late has enough to do for those who are inside."""


class Admission:
    """Counts the open connections, and lets in only so many a second: a crowd that returns must not stop the loop."""

    def __init__(self, settings: Gateway, insight: Insight, most: int) -> None:
        self._settings = settings
        self._most = most
        self._insight = insight
        self._at_once = max(1.0, min(settings.handshakes_per_s, AT_ONCE))
        self._open = 0
        self.ended = 0
        """How many connections have ended."""
        self._by_address: Counter[str] = Counter()
        self._room = self._at_once
        self._leaving = False
        self._looked = time.monotonic()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._open

    def close(self) -> Callable[[], int]:
        """Let nobody in any more; return what gives each of those who are here another time to come back, in ms."""
        self._leaving = True
        crowd_s = max(RESTART_S, SPREAD * self._open / self._settings.handshakes_per_s)
        return lambda: round(1000 * (RESTART_S + random.uniform(0.0, crowd_s)))  # noqa: S311 - a spread, no secret

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold a place for as long as a connection is open; raise Busy, or TooFast for an address that has too many."""
        self._check(address)
        places = [address, *filter(None, [site_of(address)])]
        self._open += 1
        self._by_address.update(places)
        try:
            yield
        finally:
            self._open -= 1
            self.ended += 1
            self._by_address.subtract(places)
            for place in places:
                if not self._by_address[place]:
                    del self._by_address[place]

    def _check(self, address: str) -> None:
        if self._leaving:
            self._refuse("leaving", Busy("the server is going away: come back in a moment", RESTART_S))
        most = self._settings.connections_per_address
        site = site_of(address)
        full = self._by_address[address] >= most or (site is not None and self._by_address[site] >= most * OF_SITE)
        if full and not is_loopback(address):
            self._refuse("address", TooFast(f"{most} connections are open from your address already", FULL_RETRY_S))
        if self._open >= self._most:
            self._refuse("full", Busy("there is no room for more listeners' connections now", FULL_RETRY_S))
        now = time.monotonic()
        self._room = min(self._at_once, self._room + (now - self._looked) * self._settings.handshakes_per_s)
        self._looked = now
        if self._room < 1 or self._insight.lag_s > BREATHLESS_S:
            self._refuse("storm", Busy("too many are connecting at once", STORM_RETRY_S))
        self._room -= 1

    def _refuse(self, reason: str, error: AwazError) -> NoReturn:
        self._insight.refused.labels(reason).inc()
        raise error
