"""Admission: how many WebSockets may be opened, decided before anything is spent on one."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from controlplane.addresses import is_loopback
from controlplane.config import Gateway
from controlplane.errors import Busy, TooFast

FULL_RETRY_S = 30.0
STORM_RETRY_S = 2.0


class Admission:
    """Counts the open WebSockets, and lets in only so many a second: a crowd that returns must not stop the loop."""

    def __init__(self, settings: Gateway) -> None:
        self._settings = settings
        self._open = 0
        self._by_address: Counter[str] = Counter()
        self._room = settings.handshakes_per_s
        self._looked = time.monotonic()

    @property
    def open(self) -> int:
        """How many WebSockets are open."""
        return self._open

    @contextmanager
    def place(self, address: str) -> Iterator[None]:
        """Hold a place for as long as a WebSocket is open; raise Busy, or TooFast for an address that has too many."""
        self._check(address)
        self._open += 1
        self._by_address[address] += 1
        try:
            yield
        finally:
            self._open -= 1
            self._by_address[address] -= 1
            if not self._by_address[address]:
                del self._by_address[address]

    def _check(self, address: str) -> None:
        most = self._settings.connections_per_address
        if self._by_address[address] >= most and not is_loopback(address):
            raise TooFast(f"{most} connections are open from your address already", FULL_RETRY_S)
        if self._open >= self._settings.connections:
            raise Busy("there is no room for more listeners' connections now", FULL_RETRY_S)
        now = time.monotonic()
        rate = self._settings.handshakes_per_s
        self._room = min(rate, self._room + (now - self._looked) * rate)
        self._looked = now
        if self._room < 1:
            raise Busy("too many are connecting at once", STORM_RETRY_S)
        self._room -= 1
