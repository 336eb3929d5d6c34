"""One frame a broadcast: encoded once, written to every member's transport.

The stock library makes a task for every recipient, 72 µs each: a room of a thousand then holds the loop for longer than
a hook of Icecast may wait. This module is the only one that touches the libraries' private parts of sending, which are
checked at start; where one is missing the stock way goes on, correct and slower.
"""

import asyncio
import re
import time
from collections.abc import Iterable
from typing import Any

import engineio
import socketio
import structlog
from aiohttp import WSMsgType
from aiohttp.web import WebSocketResponse
from engineio import packet as eio_packet
from engineio.async_drivers import aiohttp as driver
from engineio.async_socket import AsyncSocket
from socketio import packet

log = structlog.get_logger()

BACKLOG_BYTES = 1024 * 1024
"""What may wait for one client. It is cut off at that, comes back and recovers, rather than miss something silently."""


TURN = 100
"""After so many writes, a millisecond's worth, whoever else waits for the loop has a turn: Icecast's hooks first."""


CLOSE_WITHIN_S = 2.0
"""How long a closing handshake may take; then the connection is gone all the same."""


class CountedQueue(asyncio.Queue[Any]):
    """Knows how many packets were not handed to the transport yet, the one between queue and writer too."""

    pending = 0

    def put_nowait(self, item: Any) -> None:  # noqa: ANN401 - whatever the library puts
        """Put, and count."""
        super().put_nowait(item)
        self.pending += 1

    def task_done(self) -> None:
        """Count off."""
        super().task_done()
        self.pending -= 1


FRAME = re.compile(r"[13]|4[0-6]")
"""How a client's frame begins: close, pong, or a message with a Socket.IO packet (Engine.IO 4, Socket.IO 5).

The engine reads any other message as JSON, outside of what it catches.
"""
FRAMES_A_SECOND = 100.0
FRAMES_AT_ONCE = 500.0


class Transported(driver.WebSocket):  # type: ignore[misc]  # the library has no types
    """The library's WebSocket, without compression, that leaves its transport where the fan-out finds it.

    A frame that the engine would stumble over, or one too many, ends the connection, whose session is then put away at
    once and not at the next ping.
    """

    async def __call__(self, environ: dict[str, Any]) -> WebSocketResponse:
        """Serve one connection."""
        self._request = environ["aiohttp.request"]
        self._room, self._counted = FRAMES_AT_ONCE, time.monotonic()
        # Compression would be agreed on with every browser, at four times the memory a connection.
        # Pings are answered below: the library's loop would answer a flood of them without giving others a turn.
        self._sock = WebSocketResponse(
            max_msg_size=self.server.max_http_buffer_size, compress=False, autoping=False, timeout=CLOSE_WITHIN_S
        )
        await self._sock.prepare(self._request)
        self.environ = environ
        connection = self.handler.__self__
        connection.transport = self._request.transport
        try:
            await self.handler(self)
        finally:
            connection.transport = None
            # The library's next ping would wait out its interval for a client that is gone.
            ping: asyncio.Task[None] | None = getattr(connection, "ping", None)
            if ping is not None:
                ping.cancel()
        return self._sock

    async def wait(self) -> str:
        """Return the next frame; raise OSError, with the connection cut, for one that has no business here."""
        while True:
            message = await self._sock.receive()
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}:
                raise OSError("the connection is closed")
            self._count()
            if message.type is WSMsgType.PING:
                await self._sock.pong(message.data)
            elif message.type is WSMsgType.TEXT and FRAME.match(message.data):
                return str(message.data)
            elif message.type is not WSMsgType.PONG:
                self._cut("binary or unknown frame")

    def _count(self) -> None:
        now = time.monotonic()
        self._room = min(FRAMES_AT_ONCE, self._room + (now - self._counted) * FRAMES_A_SECOND) - 1
        self._counted = now
        if self._room < 0:
            self._cut("too many frames")

    def _cut(self, why: str) -> None:
        transport = self._request.transport
        if transport is not None:
            log.info("connection cut", reason=why, peer=transport.get_extra_info("peername"))
            transport.abort()
        raise OSError(why)


class Engine(engineio.AsyncServer):  # type: ignore[misc]  # the library has no types
    """The engine with our WebSocket and queue."""

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        super().__init__(*args, **options)
        # A copy: the original is the module's, and everybody's.
        self._async = {**driver._async, "websocket": Transported}  # noqa: SLF001 - there is no public way

    def start_background_task(self, target: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's signature
        """Start a task, and leave it with the connection whose ping it is."""
        task = super().start_background_task(target, *args, **options)
        owner = getattr(target, "__self__", None)
        if isinstance(owner, AsyncSocket):
            owner.ping = task
        return task

    def create_queue(self, *args: Any, **options: Any) -> CountedQueue:  # noqa: ANN401 - the library's signature
        """Make a connection's queue."""
        return CountedQueue(*args, **options)


class Fanout(socketio.AsyncManager):  # type: ignore[misc]  # the library has no types
    """Sends a broadcast as one frame; anything else takes the stock way."""

    async def emit(self, event: str, data: Any, namespace: str, room: Any = None, **options: Any) -> None:  # noqa: ANN401 - the library's signature
        """Send an event to rooms, each member once."""
        encoded = self.server.packet_class(packet.EVENT, namespace=namespace, data=[event, data]).encode()
        if any(options.values()) or not isinstance(data, dict) or not isinstance(encoded, str):
            await super().emit(event, data, namespace, room=room, **options)
        elif namespace in self.rooms:
            await self._broadcast(encoded, self.get_participants(namespace, room))

    async def _broadcast(self, encoded: str, members: Iterable[tuple[str, str]]) -> None:
        frame = text_frame(b"4" + encoded.encode())
        waiting = eio_packet.Packet(eio_packet.MESSAGE, encoded)
        connections = self.server.eio.sockets
        for place, (_, eio_sid) in enumerate(list(members)):
            if place % TURN == TURN - 1:
                await asyncio.sleep(0)
            connection = connections.get(eio_sid)
            if connection is not None and not connection.closed and not write(connection, frame):
                await connection.send(waiting)


def write(connection: Any, frame: bytes) -> bool:  # noqa: ANN401 - the library's connection
    """Write a frame to a connection's transport; say whether that was in order, with nothing queued before it."""
    transport = getattr(connection, "transport", None)
    if transport is None or connection.queue.pending or connection.upgrading:
        return False
    if transport.get_write_buffer_size() > BACKLOG_BYTES:
        log.info("slow client cut off", backlog=transport.get_write_buffer_size())
        transport.abort()
    else:
        transport.write(frame)
    return True


def text_frame(payload: bytes) -> bytes:
    """Return a WebSocket text frame from the server (RFC 6455, section 5.2)."""
    size = len(payload)
    if size < 126:  # noqa: PLR2004 - the RFC's
        return bytes((0x81, size)) + payload
    if size < 65536:  # noqa: PLR2004 - the RFC's
        return b"\x81\x7e" + size.to_bytes(2, "big") + payload
    return b"\x81\x7f" + size.to_bytes(8, "big") + payload


def missing() -> list[str]:
    """Name the private parts that the installed libraries do not have."""
    wanted = {
        "socketio.AsyncServer._engineio_server_class": hasattr(socketio.AsyncServer, "_engineio_server_class"),
        "socketio.AsyncManager.get_participants": hasattr(socketio.AsyncManager, "get_participants"),
        "engineio.async_drivers.aiohttp._async": "websocket" in getattr(driver, "_async", {}),
        "engineio.AsyncSocket": not hasattr(AsyncSocket, "__slots__"),
    }
    return [name for name, there in wanted.items() if not there]
