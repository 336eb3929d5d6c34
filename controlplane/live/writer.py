"""A bounded writer: what is written to one client in its order, what may wait for it, and how its connection ends."""

import asyncio
import fcntl
import socket
import struct
import termios
from collections import deque
from dataclasses import dataclass

import structlog

from controlplane.protocol.disconnect import Disconnect

log = structlog.get_logger()

SEND_BUFFER_BYTES = 64 * 1024
"""The kernel's buffer a connection, which it doubles for its own book-keeping. Left to itself it takes 4 MB of what a
client does not read: 200 MB for fifty stuck clients, in no figure of ours."""
UNACKNOWLEDGED_MS = 30_000
"""How long the kernel waits for a peer to take what was sent, rather than a quarter of an hour."""
CLOSE_TIMEOUT_S = 2.0
"""How long the last messages to a client may take before the connection is closed."""
TCP_INFO_BYTES, TCP_INFO_BYTES_ACKED = 128, 120
"""Linux's `struct tcp_info` as far as it is read, and where in it is `tcpi_bytes_acked`, since Linux 4.1."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """What may wait for one client: so many bytes, so many frames."""

    size: int
    frames: int


class BoundedWriter:
    """Writes over a transport in order and within bounds. A client that lags is cut off, comes back and recovers."""

    __slots__ = (
        "_allowed",
        "_last_pending",
        "_sizes",
        "_socket",
        "descriptor",
        "is_closing",
        "pending_bytes",
        "reason",
        "rooms",
        "transport",
    )

    def __init__(self, transport: asyncio.Transport, allowed: Backlog) -> None:
        self.transport = transport
        self.pending_bytes = transport.get_write_buffer_size
        """Returns how many bytes the kernel has not taken yet."""
        self.is_closing = transport.is_closing
        """Says whether nothing can be written any more."""
        self.rooms: set[str] = set()
        self.reason: Disconnect | None = None
        """Why we ended the connection; None while it is open, or when the client ended it."""
        self._allowed = allowed
        self._sizes: deque[int] | None = None
        """Sizes of the frames that wait, once one has to."""
        self._last_pending = 0
        own: socket.socket | None = transport.get_extra_info("socket")
        self._socket = own
        encrypted = transport.get_extra_info("sslcontext") is not None
        self.descriptor = -1 if own is None or encrypted else own.fileno()
        """File descriptor for direct writes; -1 when TLS or a closed socket forbids them."""
        if own is not None and own.family in {socket.AF_INET, socket.AF_INET6}:
            own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNACKNOWLEDGED_MS)

    def push(self, frame: bytes) -> None:
        """Write a frame after all that were written before it; cut the client off if it lags too far."""
        if self.is_closing():
            return
        pending = self.pending_bytes()
        if not pending:
            self._sizes = None
        elif not self._fits(pending, len(frame)):
            self.cut(Disconnect.SLOW_CLIENT)
            return
        self.transport.write(frame)

    def acknowledged_bytes(self) -> int:
        """Return how many bytes the peer has acknowledged, of all that were ever sent."""
        if self._socket is None or self._socket.fileno() < 0:
            return 0
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
        return int(struct.unpack_from("=Q", info, TCP_INFO_BYTES_ACKED)[0])

    def unacknowledged_bytes(self) -> int:
        """Return how many bytes the peer has not acknowledged yet, including those that wait here."""
        if self._socket is None or self._socket.fileno() < 0:
            return 0
        in_kernel = fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, bytes(4))
        return self.pending_bytes() + int(struct.unpack("=i", in_kernel)[0])

    def cut(self, reason: Disconnect) -> None:
        """Close the connection at once; what was not sent yet is lost."""
        if not self.is_closing():
            self.note_end(reason)
        self._abort()

    def finish(self, reason: Disconnect) -> None:
        """Close the connection when all that was written has gone out, or after a while."""
        if not self.is_closing():
            self.note_end(reason)
            self.transport.close()
            # A client that does not read would keep a closed transport open.
            asyncio.get_running_loop().call_later(CLOSE_TIMEOUT_S, self._abort)

    def _abort(self) -> None:
        # A transport whose socket is closed already fails at it.
        if self._socket is not None and self._socket.fileno() >= 0:
            self.transport.abort()

    def note_end(self, reason: Disconnect) -> None:
        """Remember why the connection ends, unless that is known."""
        self.reason = self.reason or reason
        # Not louder: strangers would decide how much is written to the log. The metrics count it by reason.
        log.debug("connection_ended", reason=reason.label, peer=self.transport.get_extra_info("peername"))

    def _fits(self, pending: int, size: int) -> bool:
        """Count one more frame behind those that wait, unless there are too many of them or too many bytes."""
        if self._sizes is None:
            self._sizes, self._last_pending = deque((pending,)), pending
        gone = self._last_pending - pending
        while gone > 0 and self._sizes:
            first = self._sizes[0]
            if first > gone:
                self._sizes[0] = first - gone
                break
            gone -= self._sizes.popleft()
        self._sizes.append(size)
        self._last_pending = pending + size
        return self._last_pending <= self._allowed.size and len(self._sizes) <= self._allowed.frames
