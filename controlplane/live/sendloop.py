"""The native send loop, where `make` could build it: one call for many sockets instead of one a socket.

Only an accelerator: without it everything goes through the transports, and does the same.
"""

import ctypes
from collections.abc import Iterator
from pathlib import Path

import structlog

log = structlog.get_logger()

LIBRARY = Path(__file__).with_name("libsendloop.so")
MOST = 256
"""Sockets a call: while it runs, nothing else does."""


class SendLoop:
    """Sends a frame to many sockets, past their transports: only to those that have nothing waiting in theirs."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._call = library.awaz_send
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

    @classmethod
    def load(cls) -> "SendLoop | None":
        """Load it, or return None where it was not built or does not fit this machine."""
        try:
            return cls(ctypes.CDLL(str(LIBRARY)))
        except (OSError, AttributeError) as error:
            log.info("no native send loop: sockets are written to one by one", reason=str(error))
            return None

    def send(self, sockets: list[ctypes.c_int | int], frame: bytes) -> Iterator[tuple[int, int]]:
        """Send a frame to at most MOST sockets; return whom it did not reach whole, as (place, bytes that went out)."""
        count = len(sockets)
        self._sockets[:count] = sockets
        rest = self._call(self._sockets, count, frame, len(frame), self._places, self._sent)
        return ((self._places[each], max(0, self._sent[each])) for each in range(rest))
