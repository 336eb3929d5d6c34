"""Writing one frame to many sockets, past their transports: in C where `make` could build that, else in Python.

Both do the same, and neither waits: what a socket has no room for is left to its transport.
"""

import ctypes
import os
from pathlib import Path
from typing import Protocol

import structlog

log = structlog.get_logger()

LIBRARY = Path(__file__).with_name("libsendloop.so")
MOST = 512
"""Sockets a call: while it runs, nothing else does."""


class SendLoop(Protocol):
    """Sends to sockets by their descriptors; one that cannot be sent to is like one that has no room."""

    def send(self, sockets: list[int], frame: bytes) -> list[tuple[int, int]]:
        """Send a frame to at most MOST sockets; return whom it did not reach whole, as (place, bytes that went out)."""


class PlainLoop:
    """The loop in Python."""

    def send(self, sockets: list[int], frame: bytes) -> list[tuple[int, int]]:
        """Send a frame to at most MOST sockets; return whom it did not reach whole, as (place, bytes that went out)."""
        rest, size, write = [], len(frame), os.write
        for place, socket in enumerate(sockets):
            try:
                sent = write(socket, frame)
            except OSError:
                sent = 0
            if sent != size:
                rest.append((place, sent))
        return rest


class NativeLoop:
    """The loop in C: raises OSError or AttributeError where it was not built, or not for this machine."""

    def __init__(self) -> None:
        self._call = ctypes.CDLL(str(LIBRARY)).awaz_send
        self._call.restype = ctypes.c_int
        self._call.argtypes = (
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.c_char_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
            ctypes.c_void_p,
        )
        self._sockets = (ctypes.c_int * MOST)()
        self._places = (ctypes.c_int * MOST)()
        self._sent = (ctypes.c_long * MOST)()

    def send(self, sockets: list[int], frame: bytes) -> list[tuple[int, int]]:
        """Send a frame to at most MOST sockets; return whom it did not reach whole, as (place, bytes that went out)."""
        count = len(sockets)
        self._sockets[:count] = sockets  # type: ignore[assignment]  # whole numbers will do
        rest = self._call(self._sockets, count, frame, len(frame), self._places, self._sent)
        return [(self._places[each], max(0, self._sent[each])) for each in range(rest)]


def load(*, native: bool) -> SendLoop:
    """Return the loop in C if it is wanted and there, or the one in Python."""
    if native:
        try:
            return NativeLoop()
        except (OSError, AttributeError) as error:
            log.info("no native send loop, the one in Python does the same", reason=str(error))
    return PlainLoop()
