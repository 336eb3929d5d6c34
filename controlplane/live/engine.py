"""One connection: what Engine.IO (protocol 4) says over a WebSocket, and no more.

The library's own socket serves long polling too: a queue, a writer, a ping and, on every message, two more tasks. Here
a connection is the one task that reads, a timer, and writes that go straight to the transport in their order.
"""

import asyncio
import time
from typing import Any

import engineio
from aiohttp import WSMsgType
from aiohttp.web import Request, WebSocketResponse
from engineio import packet
from engineio.async_socket import AsyncSocket

from controlplane.errors import Forbidden, InvalidInput
from controlplane.insight import Insight
from controlplane.live.line import BY_CLIENT, CLOSE_WITHIN_S, Backlog, Line

FRAMES_A_SECOND = 100.0
FRAMES_AT_ONCE = 500.0
OVER = frozenset({WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR})
PING, PONG, MESSAGE, GOODBYE = "2", "3", "4", "1"
SILENT = "no answer to a ping"
AHEAD_BYTES = 16 * 1024
"""Behind less than that a ping is there in time on any line."""
MUCH_BYTES, LOOK_S = 128 * 1024, 0.05
"""What may wait for a client that asks for more, and how often it is looked at."""


def text_frame(payload: bytes) -> bytes:
    """Return a WebSocket text frame from the server (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:  # noqa: PLR2004 - the RFC's
        return bytes((0x81, size)) + payload
    if size < 65536:  # noqa: PLR2004 - the RFC's
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


class Connection(AsyncSocket):  # type: ignore[misc]  # the library has no types
    """The library's socket, for a WebSocket from its first byte."""

    def __init__(self, server: Any, sid: str) -> None:  # noqa: ANN401 - the library's server
        super().__init__(server, sid)
        self.line: Line | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._asked = False
        self._ping_ends = self._taken = 0
        self._room, self._counted = FRAMES_AT_ONCE, time.monotonic()

    async def open(self, request: Request) -> WebSocketResponse:
        """Answer the WebSocket's handshake; raise HTTPBadRequest for one that is none."""
        # Compression would be agreed on with every browser, at four times the memory a connection.
        # Pings are answered below: the library's loop would answer a flood of them without giving others a turn.
        socket = WebSocketResponse(
            max_msg_size=self.server.max_http_buffer_size, compress=False, autoping=False, timeout=CLOSE_WITHIN_S
        )
        await socket.prepare(request)
        if request.transport is not None:
            self.line = Line(request.transport, self.server.backlog)
        self.connected = self.upgraded = True
        return socket

    async def serve(self, socket: WebSocketResponse) -> None:
        """Serve the connection until it is over."""
        try:
            self._greet()
            while self._open() and await self._turn(socket):
                pass
        finally:
            if self._timer is not None:
                self._timer.cancel()
            silent = self.line is not None and self.line.reason == SILENT
            reason = self.server.reason.PING_TIMEOUT if silent else self.server.reason.TRANSPORT_CLOSE
            await self.close(wait=False, abort=True, reason=reason)

    async def send(self, pkt: packet.Packet) -> None:
        """Send a packet."""
        self._write(pkt.encode())

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session, and with it the connection: what was written goes out, nothing more is read."""
        await super().close(wait=wait, abort=abort, reason=reason)
        if self.line is not None:
            self.line.finish(BY_CLIENT)

    def cut(self, why: str) -> None:
        """Take the transport away at once."""
        if self.line is not None:
            self.line.cut(why)

    def finish(self, why: str) -> None:
        """Take the transport away when what was written has gone out; nothing more is read."""
        if self.line is not None:
            self.line.finish(why)

    def _write(self, text: str) -> None:
        if self.line is not None:
            self.line.push(text_frame(text.encode()))

    def _open(self) -> bool:
        # What was read before the connection was taken away is not heard any more.
        return not self.closed and self.line is not None and not self.line.is_closing()

    def _greet(self) -> None:
        interval, timeout = int(self.server.ping_interval * 1000), int(self.server.ping_timeout * 1000)
        hello = (
            f'0{{"sid":"{self.sid}","upgrades":[],"pingInterval":{interval},"pingTimeout":{timeout},'
            f'"maxPayload":{self.server.max_http_buffer_size}}}'
        )
        self._write(hello)
        self._ping_later()

    async def _turn(self, socket: WebSocketResponse) -> bool:
        """Take one frame; say whether there may be another."""
        await self._answers_taken()
        message = await socket.receive()
        if message.type in OVER:
            return False
        if not self._counts():
            self.cut("too many frames")
            return False
        if message.type is WSMsgType.TEXT and message.data[:1] == MESSAGE:
            await self.server.handlers["message"](self.sid, message.data[1:])
        elif message.type is WSMsgType.TEXT and message.data[:1] == PONG:
            self._ponged()
        elif message.type is WSMsgType.PING:
            await socket.pong(message.data)
        elif message.type is not WSMsgType.PONG:
            if message.data != GOODBYE:
                self.cut("binary or unknown frame")
            return False
        return True

    async def _answers_taken(self) -> None:
        """Hear no more of a client that has much to take yet: what it asks for would pile up."""
        # Nobody but its protocol hears from a transport that it is empty.
        while self.line is not None and self.line.waiting() > MUCH_BYTES and not self.line.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_S)

    def _counts(self) -> bool:
        now = time.monotonic()
        self._room = min(FRAMES_AT_ONCE, self._room + (now - self._counted) * FRAMES_A_SECOND) - 1
        self._counted = now
        return self._room >= 0

    def _ping_later(self) -> None:
        self._asked = False
        self._timer = asyncio.get_running_loop().call_later(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self._write(PING)
        self._asked = True
        if self.line is not None:
            ahead = self.line.outstanding()
            self._taken = self.line.taken()
            self._ping_ends = self._taken + ahead if ahead > AHEAD_BYTES else 0
        self._timer = asyncio.get_running_loop().call_later(self.server.ping_timeout, self._silent)

    def _ponged(self) -> None:
        if self._asked and self._timer is not None:
            self._timer.cancel()
            self._ping_later()

    def _silent(self) -> None:
        """Cut who does not answer. On a thin line the ping may be on its way yet, behind all that was said before."""
        taken = self.line.taken() if self.line is not None else 0
        if self._taken < self._ping_ends and taken > self._taken:
            self._taken = taken
            self._timer = asyncio.get_running_loop().call_later(self.server.ping_timeout, self._silent)
        else:
            self.cut(SILENT)


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The library's engine, with our connections. `backlog` is what may wait for one of them."""

    backlog: Backlog
    insight: Insight

    async def handle_request(self, request: Request) -> WebSocketResponse:
        """Serve a WebSocket; raise InvalidInput for what is none, or Forbidden for a page of an unknown origin."""
        environ = {"aiohttp.request": request}
        upgrade, version = request.headers.get("Upgrade", "").lower(), request.headers.get("Sec-WebSocket-Version")
        if (request.method, request.query.get("EIO"), upgrade, version) != ("GET", "4", "websocket", "13"):
            raise InvalidInput("connect with a WebSocket, and version 4 of the protocol: EIO=4&transport=websocket")
        if "sid" in request.query:
            raise InvalidInput("there is nothing to upgrade: connect without a sid")
        if not self.cors_allowed_origins(request.headers.get("Origin"), environ):
            raise Forbidden("pages of that origin may not connect: it is not one of http.origins")
        connection = Connection(self, self.generate_id())
        # Before anybody hears of it: a handshake that fails must leave nothing to put away.
        socket = await connection.open(request)
        self.sockets[connection.sid] = connection
        await self.handlers["connect"](connection.sid, environ)
        try:
            await connection.serve(socket)
        finally:
            self.sockets.pop(connection.sid, None)
            reason = connection.line.reason if connection.line is not None else ""
            self.insight.closed.labels(reason or BY_CLIENT).inc()
            await _untie(socket)
        return socket


async def _untie(socket: WebSocketResponse) -> None:
    """Let go of what a closed WebSocket remembers of its end.

    Its error holds the frames it went through, and they hold it: ten kilobytes a connection, and only a full garbage
    collection, over all that lives, would find that nobody needs them.
    """
    await socket.close()  # or aiohttp does, later
    error = socket.exception()
    if error is not None:
        error.__traceback__ = error.__context__ = None


def missing() -> list[str]:
    """Name the private parts that the installed library does not have."""
    wanted = {
        engineio.AsyncServer: ("generate_id", "handle_request"),
        AsyncSocket: ("close", "send"),
    }
    return [f"{owner.__name__}.{name}" for owner, names in wanted.items() for name in names if not hasattr(owner, name)]
