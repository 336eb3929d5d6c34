"""One client's line: what is written to it, what may wait on it, and how it ends."""

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from dataclasses import dataclass

import structlog

log = structlog.get_logger()

SEND_BUFFER_BYTES = 64 * 1024
"""The kernel's buffer a connection, which it doubles for its own book-keeping. Left to itself it takes 4 MB of what a
client does not read: 200 MB for fifty stuck clients, in no figure of ours."""
UNACKNOWLEDGED_MS = 30_000
"""How long the kernel waits for a peer to take what was sent, rather than a quarter of an hour."""
CLOSE_WITHIN_S = 2.0
"""How long the last words to a client may take; then the connection is gone all the same."""
TCP_INFO_BYTES, TCP_INFO_BYTES_ACKED = 128, 120
"""Linux's `struct tcp_info` as far as it is read, and where in it is `tcpi_bytes_acked`, since Linux 4.1."""
SLOW, BY_CLIENT = "slow client", "client"
"""Reasons why a line ended."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What may wait for one client: so many bytes, so many frames."""

    size: int
    frames: int


class Line:
    """A transport that keeps order and bounds. Whoever does not keep up is cut off, comes back and recovers."""

    __slots__ = (
        "_allowed",
        "_end",
        "_noted",
        "_waiting",
        "descriptor",
        "is_closing",
        "reason",
        "rooms",
        "transport",
        "waiting",
    )

    def __init__(self, transport: asyncio.Transport, allowed: Backlog) -> None:
        self.transport = transport
        self.waiting = transport.get_write_buffer_size
        """Returns how many bytes wait to be taken by the kernel."""
        self.is_closing = transport.is_closing
        """Says whether nothing can be written any more."""
        self.rooms: set[str] = set()
        self.reason = ""
        """Why we ended it; empty while it is open, or when it was the client."""
        self._allowed = allowed
        self._waiting: deque[int] | None = None
        self._noted = 0
        end: socket.socket | None = transport.get_extra_info("socket")
        self._end = end
        encrypted = transport.get_extra_info("sslcontext") is not None
        self.descriptor = -1 if end is None or encrypted else end.fileno()
        """The socket's, for who writes past the transport; -1 where nobody may."""
        if end is not None and end.family in {socket.AF_INET, socket.AF_INET6}:
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)

    def push(self, frame: bytes) -> None:
        """Write a frame after all that were written before it; cut the client off if it does not keep up."""
        if self.is_closing():
            return
        waiting = self.waiting()
        if not waiting:
            self._waiting = None
        elif not self._has_room(waiting, len(frame)):
            self.cut(SLOW)
            return
        self.transport.write(frame)

    def taken(self) -> int:
        """Return how many bytes the peer has acknowledged, of all that were ever sent."""
        if self._end is None or self._end.fileno() < 0:
            return 0
        info = self._end.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
        return int(struct.unpack_from("=Q", info, TCP_INFO_BYTES_ACKED)[0])

    def outstanding(self) -> int:
        """Return how many bytes the peer has not acknowledged yet, those that wait here included."""
        if self._end is None or self._end.fileno() < 0:
            return 0
        in_kernel = fcntl.ioctl(self._end.fileno(), termios.TIOCOUTQ, bytes(4))
        return self.waiting() + int(struct.unpack("=i", in_kernel)[0])

    def cut(self, reason: str) -> None:
        """End it at once; what was not sent yet is lost."""
        if not self.is_closing():
            self._ends(reason)
        self._abort()

    def finish(self, reason: str) -> None:
        """End it when all that was written has gone out, or soon after."""
        if not self.is_closing():
            self._ends(reason)
            self.transport.close()
            # A client that does not read would keep a closed transport open.
            asyncio.get_running_loop().call_later(CLOSE_WITHIN_S, self._abort)

    def _abort(self) -> None:
        # A transport that is gone already, after its last words, fails at it.
        if self._end is not None and self._end.fileno() >= 0:
            self.transport.abort()

    def _ends(self, reason: str) -> None:
        self.reason = self.reason or reason
        # Not louder: strangers would decide how much is written to the log. The figures have them by reason.
        log.debug("connection ended", reason=reason, peer=self.transport.get_extra_info("peername"))

    def _has_room(self, waiting: int, size: int) -> bool:
        """Note one more frame behind those that wait, unless that is too many or too much."""
        if self._waiting is None:
            self._waiting, self._noted = deque((waiting,)), waiting
        gone = self._noted - waiting
        while gone > 0 and self._waiting:
            first = self._waiting[0]
            if first > gone:
                self._waiting[0] = first - gone
                break
            gone -= self._waiting.popleft()
        self._waiting.append(size)
        self._noted = waiting + size
        return self._noted <= self._allowed.size and len(self._waiting) <= self._allowed.frames
