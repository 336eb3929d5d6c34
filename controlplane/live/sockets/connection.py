"""One WebSocket with Engine.IO (protocol 4).

A connection is the one task that reads, a timer, and writes that go straight to the transport in their order.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import WSMsgType
from aiohttp.web import Request, WebSocketResponse

from controlplane.kernel.token_bucket import Rate, TokenBucket
from controlplane.live.writer import CLOSE_TIMEOUT_S, Backlog, BoundedWriter
from controlplane.protocol.disconnect import Disconnect

FRAME_RATE = Rate(per_second=100.0, burst=500.0)
CLOSE_MESSAGE_TYPES = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED})
CLOSE, PING, PONG, MESSAGE = "1", "2", "3", "4"
PROMPT_PING_BYTES = 16 * 1024
"""A ping behind less than that arrives in time on any line."""
MAX_UNSENT_REPLY_BYTES = 128 * 1024
"""A client with more replies than this unread is not read from until it has taken them."""
UNSENT_CHECK_INTERVAL_S = 0.05


def text_frame(payload: bytes) -> bytes:
    """Return a WebSocket text frame from the server (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:  # noqa: PLR2004 - the RFC's
        return bytes((0x81, size)) + payload
    if size < 65536:  # noqa: PLR2004 - the RFC's
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def close_frame(reason: Disconnect) -> bytes:
    """Return a WebSocket close frame with a reason's code and label (RFC 6455, section 5.5.1)."""
    payload = reason.code.to_bytes(2, "big") + reason.label.encode()
    return bytes((0x88, len(payload))) + payload


@dataclass(frozen=True, slots=True)
class ConnectionOptions:
    """Seconds between pings and to the answer of one, the longest frame in bytes, and what may wait to be taken."""

    ping_interval_s: float
    ping_timeout_s: float
    max_frame_bytes: int
    backlog: Backlog


class Connection:
    """Reads frames and passes messages on to `receive`, one after the other."""

    def __init__(self, sid: str, options: ConnectionOptions, receive: Callable[[str], Awaitable[None]]) -> None:
        self.sid = sid
        self.writer: BoundedWriter | None = None
        self.connects = 0
        """CONNECT packets received."""
        self._options = options
        self._receive = receive
        self._timer: asyncio.TimerHandle | None = None
        self._ping_sent = False
        self._ping_end = self._acknowledged = 0
        self._frames = TokenBucket(FRAME_RATE)

    async def open(self, request: Request) -> WebSocketResponse:
        """Answer the WebSocket handshake; raise HTTPBadRequest if it is not one."""
        # Compression would be agreed on with every browser, at four times the memory a connection.
        # Pings are answered below: the library's loop would answer a flood of them without giving others a turn.
        size = self._options.max_frame_bytes
        socket = WebSocketResponse(max_msg_size=size, compress=False, autoping=False, timeout=CLOSE_TIMEOUT_S)
        await socket.prepare(request)
        if request.transport is not None:
            self.writer = BoundedWriter(request.transport, self._options.backlog)
        return socket

    async def serve(self, socket: WebSocketResponse) -> None:
        """Read until the connection ends."""
        try:
            self._greet()
            # What was read before the connection was ended is not looked at any more.
            while self._is_open() and await self._read_frame(socket):
                pass
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def send(self, text: str) -> None:
        """Write an Engine.IO packet."""
        if self.writer is not None:
            self.writer.push(text_frame(text.encode()))

    def cut(self, reason: Disconnect) -> None:
        """Close the connection at once; the client is told why unless something waits for it."""
        if self.writer is not None:
            if not self.writer.is_closing() and not self.writer.pending_bytes():
                self.writer.push(close_frame(reason))
            self.writer.cut(reason)

    def finish(self, reason: Disconnect) -> None:
        """Close the connection when what was written has gone out; nothing more is read."""
        if self.writer is not None:
            self.writer.push(close_frame(reason))
            self.writer.finish(reason)

    @property
    def reason(self) -> Disconnect:
        """Why the connection ended."""
        return (self.writer.reason if self.writer is not None else None) or Disconnect.BY_CLIENT

    def _is_open(self) -> bool:
        return self.writer is not None and not self.writer.is_closing()

    def _greet(self) -> None:
        interval, timeout = int(self._options.ping_interval_s * 1000), int(self._options.ping_timeout_s * 1000)
        self.send(
            f'0{{"sid":"{self.sid}","upgrades":[],"pingInterval":{interval},"pingTimeout":{timeout},'
            f'"maxPayload":{self._options.max_frame_bytes}}}'
        )
        self._schedule_ping()

    async def _read_frame(self, socket: WebSocketResponse) -> bool:
        """Take one frame; say whether there may be another."""
        await self._replies_taken()
        message = await socket.receive()
        if message.type in CLOSE_MESSAGE_TYPES:
            return False
        if message.type is WSMsgType.ERROR:
            # The library has answered it with a code of the protocol's own, and closed the connection.
            if self.writer is not None:
                self.writer.note_end(Disconnect.BAD_FRAME)
            return False
        if self._frames.take(time.monotonic()):
            self.cut(Disconnect.TOO_MANY_FRAMES)
            return False
        if message.type is WSMsgType.TEXT:
            return await self._take_packet(message.data)
        if message.type is WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is not WSMsgType.PONG:
            self.cut(Disconnect.BAD_FRAME)
            return False
        return True

    async def _take_packet(self, packet: str) -> bool:
        """Take one Engine.IO packet; say whether there may be another."""
        if packet[:1] == MESSAGE:
            await self._receive(packet[1:])
        elif packet[:1] == PONG:
            self._take_pong()
        else:
            if packet != CLOSE:
                self.cut(Disconnect.BAD_FRAME)
            return False
        return True

    async def _replies_taken(self) -> None:
        """Wait until the client has read most of its replies, which would pile up otherwise."""
        # Only its protocol is told when a transport has become empty.
        while self._is_open() and self._unsent_bytes() > MAX_UNSENT_REPLY_BYTES:  # noqa: ASYNC110
            await asyncio.sleep(UNSENT_CHECK_INTERVAL_S)

    def _unsent_bytes(self) -> int:
        return self.writer.pending_bytes() if self.writer is not None else 0

    def _schedule_ping(self) -> None:
        self._ping_sent = False
        self._timer = asyncio.get_running_loop().call_later(self._options.ping_interval_s, self._ping)

    def _ping(self) -> None:
        self.send(PING)
        self._ping_sent = True
        if self.writer is not None:
            ahead = self.writer.unacknowledged_bytes()
            self._acknowledged = self.writer.acknowledged_bytes()
            self._ping_end = self._acknowledged + ahead if ahead > PROMPT_PING_BYTES else 0
        self._timer = asyncio.get_running_loop().call_later(self._options.ping_timeout_s, self._pong_missed)

    def _take_pong(self) -> None:
        if self._ping_sent and self._timer is not None:
            self._timer.cancel()
            self._schedule_ping()

    def _pong_missed(self) -> None:
        """Drop a client that misses a pong, unless the kernel still gets rid of what was queued before the ping."""
        acknowledged = self.writer.acknowledged_bytes() if self.writer is not None else 0
        if self._acknowledged < self._ping_end and acknowledged > self._acknowledged:
            self._acknowledged = acknowledged
            self._timer = asyncio.get_running_loop().call_later(self._options.ping_timeout_s, self._pong_missed)
        else:
            self.cut(Disconnect.PING_TIMEOUT)
